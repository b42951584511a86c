#include "transport/child_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

namespace labday {
namespace {

constexpr int kUnknownExit = 255 << 8;  // exit status 255, as waitpid() encodes it

Nanoseconds duration(const timeval& t) {
  return std::chrono::seconds(t.tv_sec) + std::chrono::microseconds(t.tv_usec);
}

/// Everything the child needs between fork and exec, made before: there it may only make system calls.
struct Launch {
  const char* program;
  char* const* argv;
  const PassedFd* fds;  // all at or above `first_free`, by now
  std::size_t fd_count;
  int report;  // where errno of a failed exec goes; close-on-exec, at or above `first_free`
  pid_t parent;
};

void close_the_rest_on_exec() {
  if (::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) == 0) return;
  // Linux before 5.11.
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  const int last = static_cast<int>(std::min<rlim_t>(limit.rlim_cur, 1 << 20));
  for (int fd = 3; fd < last; ++fd) ::fcntl(fd, F_SETFD, FD_CLOEXEC);
}

[[noreturn]] void run_program(const Launch& launch) {
  const auto give_up = [&](int error_number) {
    [[maybe_unused]] const ssize_t n = ::write(launch.report, &error_number, sizeof error_number);
    ::_exit(127);
  };
  // If the parent died before the first of these calls, the second one notices: no signal will come.
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) give_up(errno);
  if (::getppid() != launch.parent) ::_exit(127);

  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  ::sigaction(SIGINT, &ignore, nullptr);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);

  close_the_rest_on_exec();
  for (std::size_t i = 0; i < launch.fd_count; ++i) {
    if (::dup2(launch.fds[i].fd, launch.fds[i].as) < 0) give_up(errno);  // dup2 clears close-on-exec
  }
  ::execv(launch.program, launch.argv);
  give_up(errno);
  ::_exit(127);
}

/// A close-on-exec copy that no dup2() in the child will overwrite.
UniqueFd copy_above(int fd, int first_free) { return UniqueFd(::fcntl(fd, F_DUPFD_CLOEXEC, first_free)); }

}  // namespace

std::string ChildExit::describe() const {
  if (WIFSIGNALED(status)) {
    return fmt::format("signal {} ({})", WTERMSIG(status), ::strsignal(WTERMSIG(status)));
  }
  return fmt::format("exit status {}", WEXITSTATUS(status));
}

Result<ChildProcess> ChildProcess::start(const ChildCommand& command) {
  const auto failed = [&](std::string_view action) {
    return fail(system_error(Stage::plan, errno, command.program, action));
  };
  std::vector<std::string> words{command.program_name};
  words.insert(words.end(), command.arguments.begin(), command.arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);

  int first_free = 3;
  for (const PassedFd& passed : command.descriptors) first_free = std::max(first_free, passed.as + 1);
  std::vector<UniqueFd> copies;
  std::vector<PassedFd> fds;
  for (const PassedFd& passed : command.descriptors) {
    copies.push_back(copy_above(passed.fd, first_free));
    if (!copies.back()) return failed("pass a descriptor");
    fds.push_back({copies.back().get(), passed.as});
  }

  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return failed("pipe");
  const UniqueFd read_end(ends[0]);
  UniqueFd low_write_end(ends[1]);
  UniqueFd write_end = copy_above(low_write_end.get(), first_free);
  if (!write_end) return failed("pipe");
  low_write_end.reset();

  const Launch launch{command.program.c_str(), argv.data(), fds.data(), fds.size(),
                      write_end.get(),         ::getpid()};
  const pid_t pid = ::fork();
  if (pid < 0) return failed("start a process");
  if (pid == 0) run_program(launch);
  ChildProcess child(pid);

  // The pipe closes by itself when exec succeeds.
  write_end.reset();
  int error_number = 0;
  ssize_t n = 0;
  do {
    n = ::read(read_end.get(), &error_number, sizeof error_number);
  } while (n < 0 && errno == EINTR);
  if (n == 0) return child;
  errno = n == ssize_t{sizeof error_number} ? error_number : EIO;
  return failed("execute");
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}

ChildProcess& ChildProcess::operator=(ChildProcess&& other) noexcept {
  if (this != &other) {
    end();
    pid_ = std::exchange(other.pid_, -1);
  }
  return *this;
}

ChildProcess::~ChildProcess() { end(); }

void ChildProcess::end() {
  if (pid_ < 0) return;
  kill();
  [[maybe_unused]] const ChildExit exit = wait();
}

void ChildProcess::kill() {
  if (pid_ > 0) ::kill(pid_, SIGKILL);
}

ChildExit ChildProcess::wait() {
  ChildExit exit;
  rusage usage{};
  pid_t reaped = 0;
  do {
    reaped = ::wait4(pid_, &exit.status, 0, &usage);
  } while (reaped < 0 && errno == EINTR);
  pid_ = -1;
  if (reaped < 0) {
    exit.status = kUnknownExit;
    return exit;
  }
  exit.user_cpu = duration(usage.ru_utime);
  exit.system_cpu = duration(usage.ru_stime);
  exit.max_rss_bytes = std::int64_t{usage.ru_maxrss} * 1024;
  return exit;
}

}  // namespace labday
