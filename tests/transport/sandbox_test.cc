// A process in the sandbox can do what its task needs, and nothing else: each test makes a child of this
// program enter it and try.
#include "transport/sandbox.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/io_uring.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <limits>
#include <new>
#include <string>
#include <thread>
#include <vector>

#include "base/unique_fd.h"
#include "support/sanitizers.h"
#include "support/temp_folder.h"
#include "transport/child_process.h"

namespace labday {
namespace {

using testing::TempFolder;

constexpr int kRefused = 90;  // exit status of a child that could not enter

/// How a child ends that enters the sandbox and then calls `body`, whose answer is its exit status.
ChildExit in_sandbox(const std::function<int()>& body, SandboxLimits limits = sandbox_limits({}),
                     std::vector<int> kept = {}) {
  auto child = ChildProcess::fork_here([&] { return enter_sandbox(limits, kept) ? body() : kRefused; });
  EXPECT_TRUE(child) << child.error().detail;
  return child->wait();
}

class InSandbox : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!sandbox_refusal().empty()) GTEST_SKIP() << "this kernel has no sandbox: " << sandbox_refusal();
  }
};

struct Forbidden {
  const char* name;
  int (*attempt)();
};

void PrintTo(const Forbidden& forbidden, std::ostream* out) { *out << forbidden.name; }

int raw(long status) { return status < 0 ? 1 : 0; }

const Forbidden kForbidden[] = {
    {"open_a_file", [] { return raw(::open("/etc/passwd", O_RDONLY)); }},
    {"create_a_file", [] { return raw(::openat(AT_FDCWD, "/nowhere/evil", O_WRONLY | O_CREAT, 0600)); }},
    {"open_in_the_new_way", [] { return raw(::syscall(SYS_openat2, AT_FDCWD, "/", nullptr, 0)); }},
    {"look_at_a_path",
     [] {
       struct stat status {};
       return raw(::stat("/etc/passwd", &status));
     }},
    {"read_a_link",
     [] {
       std::array<char, 10> target{};
       return raw(::readlink("/proc/self/exe", target.data(), target.size()));
     }},
    {"remove_a_file", [] { return raw(::unlink("/nothing")); }},
    {"rename_a_file", [] { return raw(::rename("/nothing", "/else")); }},
    {"change_its_folder", [] { return raw(::chdir("/")); }},
    {"open_a_network_socket", [] { return raw(::socket(AF_INET, SOCK_STREAM, 0)); }},
    {"open_a_local_socket", [] { return raw(::socket(AF_UNIX, SOCK_STREAM, 0)); }},
    {"make_a_process", [] { return raw(::syscall(SYS_clone, SIGCHLD, nullptr, nullptr, nullptr, nullptr)); }},
    {"fork",
     [] {
       const pid_t child = ::fork();
       if (child == 0) ::_exit(0);
       return raw(child);
     }},
    {"make_a_thread",
     [] {
       std::thread([] {}).join();
       return 0;
     }},
    {"execute_a_program", [] { return raw(::execl("/bin/true", "true", nullptr)); }},
    {"execute_a_descriptor",
     [] { return raw(::syscall(SYS_execveat, 0, "", nullptr, nullptr, AT_EMPTY_PATH)); }},
    {"signal_its_parent", [] { return raw(::kill(::getppid(), 0)); }},
    {"signal_another_process", [] { return raw(::syscall(SYS_tgkill, 1, 1, 0)); }},
    {"trace", [] { return raw(::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr)); }},
    {"read_others_memory", [] { return raw(::syscall(SYS_process_vm_readv, 1, nullptr, 0, nullptr, 0, 0)); }},
    {"make_a_ring",
     [] {
       io_uring_params parameters{};
       return raw(::syscall(SYS_io_uring_setup, 1, &parameters));
     }},
    {"make_memory_that_no_limit_counts", [] { return raw(::memfd_create("evil", 0)); }},
    {"execute_what_it_wrote",
     [] {
       return ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
                      MAP_FAILED
                  ? 1
                  : 0;
     }},
    {"raise_its_limits",
     [] {
       const rlimit limit{1, 1};
       return raw(::setrlimit(RLIMIT_CORE, &limit));
     }},
    {"change_its_filter", [] { return raw(::syscall(SYS_seccomp, 99, 0, nullptr)); }},
    {"have_its_death_outlived", [] { return raw(::prctl(PR_SET_PDEATHSIG, 0)); }},
};

class ForbiddenInSandbox : public InSandbox, public ::testing::WithParamInterface<Forbidden> {};

TEST_P(ForbiddenInSandbox, EndsTheProcess) {
  const std::string name = GetParam().name;
  const bool of_sanitizers = name == "raise_its_limits";
  if (testing::kShadowMemory && of_sanitizers) GTEST_SKIP() << "the sanitizer itself makes this call";
  const ChildExit exit = in_sandbox(GetParam().attempt);
  ASSERT_TRUE(WIFSIGNALED(exit.status)) << exit.describe();
  EXPECT_EQ(WTERMSIG(exit.status), SIGSYS) << exit.describe();
}

// A test whose attempts would fail anyway shows nothing.
TEST(OutsideOfTheSandbox, WhatItForbidsEndsNoProcess) {
  for (const Forbidden& forbidden : kForbidden) {
    auto child = ChildProcess::fork_here([&] { return forbidden.attempt(); });
    ASSERT_TRUE(child);
    const ChildExit exit = child->wait();
    EXPECT_FALSE(WIFSIGNALED(exit.status)) << forbidden.name << ": " << exit.describe();
  }
}

INSTANTIATE_TEST_SUITE_P(Each, ForbiddenInSandbox, ::testing::ValuesIn(kForbidden),
                         [](const auto& test) { return std::string(test.param.name); });

TEST_F(InSandbox, WorkOnDescriptorsThatAreGivenGoesOn) {
  const TempFolder folder;
  const std::string path = folder.write("source", "content");
  const UniqueFd source(::open(path.c_str(), O_RDONLY));
  const UniqueFd target(::open((folder.path() / "target").c_str(), O_RDWR | O_CREAT, 0600));
  const ChildExit exit = in_sandbox(
      [&] {
        std::array<char, 7> text{};
        const bool copied = ::pread(source.get(), text.data(), text.size(), 0) == 7 &&
                            ::pwrite(target.get(), text.data(), text.size(), 0) == 7 &&
                            ::fsync(target.get()) == 0 && ::close(target.get()) == 0;
        std::vector<char> memory(std::size_t{50} << 20);  // mapped, and given back
        std::fill(memory.begin(), memory.end(), 'x');
        return copied ? 0 : 1;
      },
      sandbox_limits({}), {source.get(), target.get()});
  EXPECT_TRUE(exit.succeeded()) << exit.describe();
  EXPECT_EQ(testing::read_text(folder.path() / "target"), "content");
}

TEST_F(InSandbox, NothingThatIsNotNeededIsOpen) {
  const TempFolder folder;
  const UniqueFd secret(::open(folder.write("secret", "content").c_str(), O_RDONLY));
  const UniqueFd kept(::open(folder.write("kept", "content").c_str(), O_RDONLY));
  const ChildExit exit = in_sandbox(
      [&] {
        char c = 0;
        const bool closed = ::pread(secret.get(), &c, 1, 0) < 0 && errno == EBADF;
        const bool open = ::pread(kept.get(), &c, 1, 0) == 1;
        const bool nowhere = ::read(STDIN_FILENO, &c, 1) == 0;
        return closed && open && nowhere ? 0 : 1;
      },
      sandbox_limits({}), {kept.get()});
  EXPECT_TRUE(exit.succeeded()) << exit.describe();
}

TEST_F(InSandbox, MemoryAboveTheLimitIsRefused) {
  if (testing::kShadowMemory) GTEST_SKIP() << "the limit cannot be set beside the sanitizer's own memory";
  SandboxLimits limits = sandbox_limits({});
  limits.memory_bytes = std::uint64_t{64} << 20;
  const auto takes = [](std::size_t bytes) {
    try {
      const std::vector<char> memory(bytes, 'x');
      return memory[bytes / 2] == 'x' ? 0 : 1;
    } catch (const std::bad_alloc&) {
      return 7;
    }
  };
  EXPECT_EQ(in_sandbox([&] { return takes(std::size_t{32} << 20); }, limits).describe(), "exit status 0");
  EXPECT_EQ(in_sandbox([&] { return takes(std::size_t{80} << 20); }, limits).describe(), "exit status 7");
}

TEST_F(InSandbox, AFileAboveTheLimitIsRefused) {
  const TempFolder folder;
  SandboxLimits limits = sandbox_limits({});
  limits.file_bytes = 1000;
  const UniqueFd file(::open((folder.path() / "file").c_str(), O_WRONLY | O_CREAT, 0600));
  const ChildExit exit = in_sandbox(
      [&] {
        const std::string text(2000, 'x');
        while (::write(file.get(), text.data(), text.size()) > 0) {
        }
        return 0;
      },
      limits, {file.get()});
  EXPECT_TRUE(WIFSIGNALED(exit.status) && WTERMSIG(exit.status) == SIGXFSZ) << exit.describe();
  EXPECT_EQ(testing::read_text(folder.path() / "file").size(), 1000U);
}

TEST_F(InSandbox, AnAbortIsToldAsOne) {
  const ChildExit exit = in_sandbox([]() -> int { std::abort(); });
  EXPECT_EQ(exit.describe(), "signal 6 (Aborted)");
}

TEST(Landlock, DeniesPathsAndPortsByItself) {
  auto child = ChildProcess::fork_here([] {
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return 1;
    const auto denied = deny_by_landlock();
    if (!denied) return 2;
    if (!*denied) return 77;
    if (::open("/etc/passwd", O_RDONLY) >= 0 || errno != EACCES) return 3;
    if (::open("/tmp/labday-evil", O_WRONLY | O_CREAT, 0600) >= 0 || errno != EACCES) return 4;
    if (::execl("/bin/true", "true", nullptr) == 0 || errno != EACCES) return 5;
    return 0;
  });
  ASSERT_TRUE(child);
  const ChildExit exit = child->wait();
  if (exit.describe() == "exit status 77") GTEST_SKIP() << "this kernel has no Landlock";
  EXPECT_TRUE(exit.succeeded()) << exit.describe();
}

TEST(SandboxLimits, LetThroughTheLargestTaskAndNeverOverflow) {
  const SandboxLimits usual = sandbox_limits({});
  EXPECT_GE(usual.memory_bytes, std::uint64_t{256'000'000} * 8 + (std::uint64_t{1} << 30));
  EXPECT_GE(usual.file_bytes, std::uint64_t{1'000'000'000} * 5);
  Limits huge;
  huge.decode.source_pixels = huge.source_bytes = huge.rendition_pixels =
      std::numeric_limits<std::int64_t>::max();
  EXPECT_GE(sandbox_limits(huge).memory_bytes, std::uint64_t{1} << 60);
  EXPECT_GE(sandbox_limits(huge).file_bytes, std::uint64_t{1} << 60);
  Limits small;
  small.decode.source_pixels = small.source_bytes = small.rendition_pixels = 1;
  EXPECT_LT(sandbox_limits(small).memory_bytes, std::uint64_t{2} << 30);
}

}  // namespace
}  // namespace labday
