#include "transport/child_process.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <exception>
#include <string_view>
#include <utility>

#include "base/unique_fd.h"

namespace labday {
namespace {

constexpr int kUncaught = 70;           // EX_SOFTWARE of sysexits.h
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

/// What every child does first. 0, or errno.
int settle_in(pid_t parent) {
  // If the parent died before the first of these calls, the second one notices: no signal will come.
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return errno;
  if (::getppid() != parent) ::_exit(127);

  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  ::sigaction(SIGINT, &ignore, nullptr);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  return 0;
}

[[noreturn]] void run_program(const Launch& launch) {
  const auto give_up = [&](int error_number) {
    [[maybe_unused]] const ssize_t n = ::write(launch.report, &error_number, sizeof error_number);
    ::_exit(127);
  };
  if (const int error_number = settle_in(launch.parent); error_number != 0) give_up(error_number);
  close_the_rest_on_exec();
  for (std::size_t i = 0; i < launch.fd_count; ++i) {
    if (::dup2(launch.fds[i].fd, launch.fds[i].as) < 0) give_up(errno);  // dup2 clears close-on-exec
  }
  ::execv(launch.program, launch.argv);
  give_up(errno);
  ::_exit(127);
}

[[noreturn]] void run_body(pid_t parent, FunctionRef<int()> body) {
  if (settle_in(parent) != 0) ::_exit(127);
  // The terminal's input is the parent's alone.
  const UniqueFd null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (null) ::dup2(null.get(), STDIN_FILENO);
  int status = kUncaught;
  try {
    status = body();
  } catch (const std::exception&) {  // the parent sees the status
  }
  ::_exit(status);
}

std::string describe_signal(int number) { return fmt::format("signal {} ({})", number, ::strsignal(number)); }

std::string describe_exit(int status) { return fmt::format("exit status {}", status); }

/// Does this thread belong to an io_uring? The kernel makes them, lists them with the process's own, and lets
/// them linger for seconds after the ring is closed; they execute nothing of the process's and hold none of
/// its locks.
bool is_of_ring(const char* thread) {
  const UniqueFd file(::open(fmt::format("/proc/self/task/{}/comm", thread).c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, 16> name{};
  if (!file || ::read(file.get(), name.data(), name.size()) < 4) return false;
  return std::string_view(name.data(), 4) == "iou-";
}

/// A close-on-exec copy that no dup2() in the child will overwrite.
UniqueFd copy_above(int fd, int first_free) { return UniqueFd(::fcntl(fd, F_DUPFD_CLOEXEC, first_free)); }

}  // namespace

int thread_count() {
  DIR* const folder = ::opendir("/proc/self/task");
  if (folder == nullptr) return -1;
  int count = 0;
  while (const dirent* entry = ::readdir(folder)) {
    if (entry->d_name[0] != '.' && !is_of_ring(entry->d_name)) ++count;
  }
  ::closedir(folder);
  return count;
}

std::string ChildExit::describe() const {
  return WIFSIGNALED(status) ? describe_signal(WTERMSIG(status)) : describe_exit(WEXITSTATUS(status));
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

Result<ChildProcess> ChildProcess::fork_here(FunctionRef<int()> body) {
  const int threads = thread_count();
  if (threads < 0) return fail(system_error(Stage::plan, errno, {}, "cannot start a process"));
  if (threads != 1) {
    return fail(Stage::plan, ErrorCode::internal, {},
                fmt::format("a process with {} threads must not fork", threads));
  }
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid < 0) return fail(system_error(Stage::plan, errno, {}, "start a process"));
  if (pid == 0) run_body(parent, body);
  return ChildProcess(pid);
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

std::string ChildProcess::await_end() const {
  siginfo_t info{};
  int failed = 0;
  do {
    failed = ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOWAIT);
  } while (failed != 0 && errno == EINTR);
  if (failed != 0) return describe_exit(WEXITSTATUS(kUnknownExit));
  return info.si_code == CLD_EXITED ? describe_exit(info.si_status) : describe_signal(info.si_status);
}

bool ChildProcess::await_end_for(Nanoseconds limit) const {
  const UniqueFd handle(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
  if (!handle) return false;
  const Clock::time_point deadline = Clock::now() + limit;
  for (;;) {
    pollfd ended{handle.get(), POLLIN, 0};
    const Nanoseconds left = std::max(Nanoseconds{0}, Nanoseconds(deadline - Clock::now()));
    const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(left).count();
    const int ready = ::poll(&ended, 1, static_cast<int>(milliseconds));
    if (ready >= 0 || errno != EINTR) return ready == 1;
  }
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
  exit.voluntary_switches = static_cast<std::uint64_t>(usage.ru_nvcsw);
  exit.involuntary_switches = static_cast<std::uint64_t>(usage.ru_nivcsw);
  return exit;
}

}  // namespace labday
