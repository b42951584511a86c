// Starting one process and knowing how it ended. Executed afresh, the child has no threads, heap or
// descriptors of its parent; forked, it begins in microseconds with all of them but the threads, which is why
// only a process of one thread may do that.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/function_ref.h"
#include "base/result.h"
#include "base/unique_fd.h"

namespace labday {

/// The running program, also where its file was renamed or deleted since.
inline constexpr const char* kThisProgram = "/proc/self/exe";

/// `fd` of the parent becomes `as` in the child.
struct PassedFd {
  int fd = -1;
  int as = -1;
};

struct ChildCommand {
  std::string program = kThisProgram;  // a path; PATH is not searched
  std::vector<std::string> arguments;  // behind argv[0], which is `program_name`
  std::string program_name = "labday";
  /// No two have the same `as`. Every descriptor above 2 that is not named here is closed in the child.
  std::vector<PassedFd> descriptors;
};

/// How a process ended, and what it cost.
struct ChildExit {
  int status = 0;                  // as waitpid() gives it
  Nanoseconds user_cpu{0};         // of the process and of the descendants it had waited for
  Nanoseconds system_cpu{0};       // likewise
  std::int64_t max_rss_bytes = 0;  // of the largest single process among them
  std::uint64_t voluntary_switches = 0;
  std::uint64_t involuntary_switches = 0;

  [[nodiscard]] bool succeeded() const { return status == 0; }
  /// `exit status 7`, `signal 11 (Segmentation fault)`.
  [[nodiscard]] std::string describe() const;
};

/// Threads of this process, without those that the kernel keeps for its rings (io_uring); -1 and errno where
/// they cannot be counted.
[[nodiscard]] int thread_count();

/// Owns a running child; the destructor kills it (SIGKILL) and reaps it, so no zombie is ever left.
///
/// The child is in the caller's process group, ignores SIGINT (the terminal sends it to the whole group, and
/// the parent decides), has an empty signal mask, and is killed when the *thread* that started it ends: start
/// children from the main thread. Nobody else may wait for the child: with SIGCHLD ignored, or after a
/// wait(-1) elsewhere, wait() reports an exit that it knows nothing of as status 255.
class ChildProcess {
 public:
  /// Returns once the program was executed; a program that cannot be is an error here.
  [[nodiscard]] static Result<ChildProcess> start(const ChildCommand& command);

  /// A copy of this process that calls `body`, with standard input from /dev/null, and ends with what it
  /// returns: no destructor, no exit handler and no buffer of the parent's is run or written a second time.
  /// ErrorCode::internal where this process has more than one thread: locks that others hold would be held
  /// for ever in the child.
  [[nodiscard]] static Result<ChildProcess> fork_here(FunctionRef<int()> body);

  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&& other) noexcept;
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ~ChildProcess();

  /// Valid until wait() returns; -1 after it.
  [[nodiscard]] pid_t pid() const { return pid_; }

  /// SIGKILL. Its own children are killed only if they asked to die with their parent, as labday's do.
  void kill();

  /// Blocks until the child has ended, and says how, as ChildExit::describe() does. It is left unreaped:
  /// until wait() its number belongs to no other process.
  [[nodiscard]] std::string await_end() const;

  /// await_end(), but for at most `limit`; false where the child lives on.
  [[nodiscard]] bool await_end_for(Nanoseconds limit) const;

  /// Blocks until the child has ended, and reaps it. Call it once.
  [[nodiscard]] ChildExit wait();

 private:
  explicit ChildProcess(pid_t pid) : pid_(pid) {}
  void end();

  pid_t pid_ = -1;
};

}  // namespace labday
