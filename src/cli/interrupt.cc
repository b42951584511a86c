#include "cli/interrupt.h"

#include <unistd.h>

#include <atomic>
#include <csignal>

#include "cli/exit_status.h"

namespace labday {
namespace {

// A signal handler can reach nothing else than globals.
CancelToken g_cancel;
std::atomic<int> g_signal{0};

void on_signal(int number) {
  int none = 0;
  // Whoever asks twice does not want to wait. Worker processes end with this one; what has its final name is
  // whole, and temporaries are swept by the next run.
  if (!g_signal.compare_exchange_strong(none, number)) ::_exit(kSignalled + number);
  g_cancel.request();
}

}  // namespace

Interrupt::Interrupt() {
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    // What was ignored stays ignored: `nohup labday …` must outlive its terminal.
    struct sigaction before {};
    sigaction(number, nullptr, &before);
    if (before.sa_handler != SIG_IGN) sigaction(number, &action, nullptr);
  }
  // A closed pipe and a limit on the size of files (ulimit -f) are errors of one write, not the end of all.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

const CancelToken& Interrupt::token() const { return g_cancel; }
int Interrupt::signal() const { return g_signal.load(); }

}  // namespace labday
