#include "transport/sandbox.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/close_range.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/unique_fd.h"
#include "transport/child_process.h"

namespace labday {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#elif defined(__has_feature)
constexpr bool kSanitized = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
constexpr bool kSanitized = false;
#endif

// The filter is made before the process that it is for; its number is put in then.
constexpr std::uint32_t kOwnNumber = 0x7FFF'FFFE;

Error refused(int error_number, std::string_view action) {
  Error error = system_error(Stage::plan, error_number, {}, action);
  error.code = ErrorCode::unsupported;
  return error;
}

// What computing on memory, and reading, writing and passing on descriptors that are open, comes to. Neither
// of these names anything outside of the process.
constexpr std::array kAllowed{
    SCMP_SYS(read),         SCMP_SYS(pread64),        SCMP_SYS(write),        SCMP_SYS(pwrite64),
    SCMP_SYS(lseek),        SCMP_SYS(fsync),          SCMP_SYS(close),        SCMP_SYS(recvmsg),
    SCMP_SYS(sendmsg),      SCMP_SYS(poll),           SCMP_SYS(ppoll),        SCMP_SYS(restart_syscall),
    SCMP_SYS(brk),          SCMP_SYS(munmap),         SCMP_SYS(mremap),       SCMP_SYS(madvise),
    SCMP_SYS(futex),        SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(sched_yield),
    SCMP_SYS(getpid),       SCMP_SYS(gettid),         SCMP_SYS(getrusage),    SCMP_SYS(clock_gettime),
    SCMP_SYS(gettimeofday), SCMP_SYS(getrandom),      SCMP_SYS(exit),         SCMP_SYS(exit_group),
};

// What the sanitizers' own runtime calls besides, of this process or for its reports.
constexpr std::array kAllowedSanitizers{
    SCMP_SYS(rt_sigaction), SCMP_SYS(sigaltstack), SCMP_SYS(prlimit64),         SCMP_SYS(getrlimit),
    SCMP_SYS(mprotect),     SCMP_SYS(mincore),     SCMP_SYS(nanosleep),         SCMP_SYS(clock_nanosleep),
    SCMP_SYS(getppid),      SCMP_SYS(ioctl),       SCMP_SYS(sched_getaffinity),
    SCMP_SYS(pipe2),  // through which it sees whether memory can be read
};

struct FreeFilter {
  void operator()(void* filter) const { seccomp_release(filter); }
};
using Filter = std::unique_ptr<void, FreeFilter>;

/// 0, or the negative errno of the first rule that could not be added.
int add_rules(scmp_filter_ctx filter) {
  int status = 0;
  const auto allow = [&](int call, std::initializer_list<scmp_arg_cmp> conditions = {}) {
    const int added = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, call,
                                             static_cast<unsigned>(conditions.size()), conditions.begin());
    if (status == 0) status = added;
  };
  for (const int call : kAllowed) allow(call);
  if (kSanitized) {
    for (const int call : kAllowedSanitizers) allow(call);
  } else {
    allow(SCMP_SYS(mprotect), {SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)});
  }
  allow(SCMP_SYS(mmap), {SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)});
  for (const unsigned command : {F_GET_SEALS, F_ADD_SEALS, F_GETFD, F_GETFL}) {
    allow(SCMP_SYS(fcntl), {SCMP_A1(SCMP_CMP_EQ, command, 0)});
  }
  // abort() signals its own process, and so says how it ended.
  allow(SCMP_SYS(tgkill), {SCMP_A0(SCMP_CMP_EQ, kOwnNumber, 0)});
  return status;
}

Result<std::vector<sock_filter>> read_program(int file) {
  const off_t bytes = ::lseek(file, 0, SEEK_END);
  std::vector<sock_filter> program(static_cast<std::size_t>(std::max<off_t>(bytes, 0)) / sizeof(sock_filter));
  const std::size_t wanted = program.size() * sizeof(sock_filter);
  if (program.empty() || ::pread(file, program.data(), wanted, 0) != static_cast<ssize_t>(wanted)) {
    return fail(refused(errno, "cannot read the seccomp filter"));
  }
  return program;
}

Result<std::vector<sock_filter>> make_program() {
  const Filter filter(seccomp_init(SCMP_ACT_KILL_PROCESS));
  if (!filter) return fail(refused(ENOMEM, "cannot make a seccomp filter"));
  // A tree instead of a list of comparisons, of which the longest would be gone through for each call.
  (void)seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2);
  if (const int status = add_rules(filter.get()); status != 0) {
    return fail(refused(-status, "cannot make a seccomp filter"));
  }
  const UniqueFd file(::memfd_create("labday-filter", MFD_CLOEXEC));
  if (!file) return fail(refused(errno, "cannot make a seccomp filter"));
  if (const int status = seccomp_export_bpf(filter.get(), file.get()); status != 0) {
    return fail(refused(-status, "cannot make a seccomp filter"));
  }
  return read_program(file.get());
}

/// Made once; a process that is forked has it from its parent.
const Result<std::vector<sock_filter>>& program() {
  static const Result<std::vector<sock_filter>> made = make_program();
  return made;
}

Result<void> filter_calls() {
  const auto& made = program();
  if (!made) return fail(made.error());
  std::vector<sock_filter> own = *made;
  for (sock_filter& instruction : own) {
    if (instruction.k == kOwnNumber) instruction.k = static_cast<std::uint32_t>(::getpid());
  }
  const sock_fprog filter{static_cast<unsigned short>(own.size()), own.data()};
  if (::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) != 0) {
    return fail(refused(errno, "the kernel refuses a seccomp filter"));
  }
  return {};
}

// Landlock by its numbers: Debian 12's headers know its first versions only, and its C library none.
constexpr long kLandlockCreate = 444;
constexpr long kLandlockRestrict = 446;
constexpr std::uint32_t kLandlockVersion = 1;  // a flag

struct LandlockRules {
  std::uint64_t paths = 0;   // handled_access_fs
  std::uint64_t ports = 0;   // handled_access_net, from version 4
  std::uint64_t scopes = 0;  // scoped, from version 6: signals and abstract sockets
};

long landlock_version() { return ::syscall(kLandlockCreate, nullptr, std::size_t{0}, kLandlockVersion); }

bool close_all_but(std::span<const int> kept) {
  std::vector<unsigned> stay{STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO};
  for (const int fd : kept) stay.push_back(static_cast<unsigned>(fd));
  std::sort(stay.begin(), stay.end());
  for (std::size_t i = 0; i < stay.size(); ++i) {
    const unsigned first = stay[i] + 1;
    const unsigned last = i + 1 < stay.size() ? stay[i + 1] - 1 : ~0U;
    if (first <= last && ::close_range(first, last, 0) != 0) return false;
  }
  return true;
}

/// Sanitizers say on standard error what they found.
Result<void> lead_streams_nowhere() {
  const UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  if (!null) return fail(refused(errno, "cannot open /dev/null"));
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (stream == STDERR_FILENO && kSanitized) continue;
    if (::dup2(null.get(), stream) < 0) return fail(refused(errno, "cannot close the standard streams"));
  }
  return {};
}

/// As RLIMIT_DATA counts it; proc(5) on /proc/self/statm.
std::optional<std::uint64_t> private_memory() {
  const UniqueFd file(::open("/proc/self/statm", O_RDONLY | O_CLOEXEC));
  std::array<char, 256> text{};
  const ssize_t n = file ? ::read(file.get(), text.data(), text.size()) : -1;
  if (n <= 0) return std::nullopt;
  std::string_view rest(text.data(), static_cast<std::size_t>(n));
  for (int field = 0; field < 5; ++field) {
    rest.remove_prefix(std::min(rest.find(' ') + 1, rest.size()));
  }
  std::uint64_t pages = 0;
  if (std::from_chars(rest.data(), rest.data() + rest.size(), pages).ec != std::errc()) return std::nullopt;
  return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

/// Lowers a limit for good; one that is lower already stays.
bool limit(__rlimit_resource_t resource, rlim_t most) {
  rlimit now{};
  if (::getrlimit(resource, &now) != 0) return false;
  const rlimit lower{std::min(now.rlim_cur, most), std::min(now.rlim_max, most)};
  return ::setrlimit(resource, &lower) == 0;
}

Result<void> set_limits(const SandboxLimits& limits) {
  // The shadow memory of a sanitizer would count, too.
  const std::optional<std::uint64_t> now = kSanitized ? std::nullopt : private_memory();
  const bool set = (!now || limit(RLIMIT_DATA, *now + limits.memory_bytes)) &&
                   limit(RLIMIT_FSIZE, limits.file_bytes) && limit(RLIMIT_CORE, 0);
  if (!set) return fail(refused(errno, "cannot set the limits of a process"));
  return {};
}

}  // namespace

SandboxLimits sandbox_limits(const Limits& limits) {
  const auto source_pixels = static_cast<std::uint64_t>(limits.decode.source_pixels);
  const auto rendition_pixels = static_cast<std::uint64_t>(limits.rendition_pixels);
  const auto source_bytes = static_cast<std::uint64_t>(limits.source_bytes);
  constexpr std::uint64_t kTheRest = std::uint64_t{512} << 20;
  constexpr std::uint64_t kMost = std::uint64_t{1} << 62;
  const auto sum = [&](std::uint64_t a, std::uint64_t times_a, std::uint64_t b, std::uint64_t times_b) {
    return a > kMost / 16 || b > kMost / 16 ? kMost : a * times_a + b * times_b + kTheRest;
  };
  SandboxLimits out;
  // Pixels of four channels, once more where they are turned, and 8 bytes a pixel of a progressive JPEG's
  // coefficients; the file, which may be read into memory that has to grow; the rows of a rendition that is
  // all width.
  out.memory_bytes =
      std::min(kMost, sum(source_pixels, 16, source_bytes, 2) + sum(rendition_pixels, 4, 0, 0));
  // The worst that a PNG can come to: raw pixels, a byte a row of one pixel, and the frames of deflate.
  // Pixels in shared memory are a file, too.
  out.file_bytes = std::max(sum(rendition_pixels, 6, 0, 0), sum(source_pixels, 4, 0, 0));
  return out;
}

std::string sandbox_parts() { return landlock_version() >= 1 ? "seccomp and Landlock" : "seccomp"; }

Result<bool> deny_by_landlock() {
  const long version = landlock_version();
  if (version < 1) return false;  // seccomp is alone
  const std::uint64_t bits = version >= 5 ? 16 : version >= 3 ? 15 : version == 2 ? 14 : 13;
  LandlockRules rules;
  rules.paths = (std::uint64_t{1} << bits) - 1;
  std::size_t size = sizeof rules.paths;
  if (version >= 4) {
    rules.ports = 3;
    size += sizeof rules.ports;
  }
  if (version >= 6) {
    rules.scopes = 3;
    size += sizeof rules.scopes;
  }
  const UniqueFd ruleset(static_cast<int>(::syscall(kLandlockCreate, &rules, size, 0U)));
  if (!ruleset || ::syscall(kLandlockRestrict, ruleset.get(), 0U) != 0) {
    return fail(refused(errno, "the kernel refuses a Landlock ruleset"));
  }
  return true;
}

Result<void> enter_sandbox(const SandboxLimits& limits, std::span<const int> kept) {
  if (!close_all_but(kept)) return fail(refused(errno, "cannot close what was inherited"));
  if (auto led = lead_streams_nowhere(); !led) return led;
  if (auto set = set_limits(limits); !set) return set;
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return fail(refused(errno, "cannot give up privileges"));
  if (auto denied = deny_by_landlock(); !denied) return fail(std::move(denied.error()));
  return filter_calls();
}

const std::string& sandbox_refusal() {
  static const std::string refusal = []() -> std::string {
    if (const auto& made = program(); !made) return made.error().detail;
    UniqueFd memory(::memfd_create("labday-refusal", MFD_CLOEXEC));
    if (!memory) return refused(errno, "cannot make shared memory").detail;
    const int said = memory.get();
    auto child = ChildProcess::fork_here([said] {
      const auto entered = enter_sandbox(sandbox_limits(Limits{}), std::array{said});
      if (entered) return 0;
      const std::string& why = entered.error().detail;
      return ::pwrite(said, why.data(), why.size(), 0) < 0 ? 2 : 1;
    });
    if (!child) return child.error().detail;
    const ChildExit exit = child->wait();
    if (exit.succeeded()) return {};
    std::array<char, 1000> why{};
    const ssize_t n = ::pread(said, why.data(), why.size(), 0);
    return n > 0 ? std::string(why.data(), static_cast<std::size_t>(n))
                 : "a process that tried it ended with " + exit.describe();
  }();
  return refusal;
}

}  // namespace labday
