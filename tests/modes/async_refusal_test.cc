// Where the kernel refuses a ring, or a part of it, `async` says so and works. Each refusal is made in a
// child process, by a filter of system calls or by a limit.
#include <gtest/gtest.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "modes/registry.h"
#include "pipeline/plan.h"
#include "pipeline/posix_io.h"
#include "support/pictures.h"
#include "support/temp_folder.h"

namespace labday {
namespace {

using testing::TempFolder;

/// From here on the system call fails with `error` in this process and its threads.
void refuse(unsigned system_call, unsigned error) {
  std::array<sock_filter, 4> program{{
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, system_call, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  }};
  const sock_fprog filter{program.size(), program.data()};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
      prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0) {
    std::perror("seccomp");
    std::abort();
  }
}

class CountingSink final : public ResultSink {
 public:
  void deliver(TaskResult result) override { done += result.done; }
  std::size_t done = 0;
};

/// Executes a small job and tells stderr what the mode chose. An exit status: 0 if all went well.
int execute_small_job(const std::string& text) {
  const TempFolder in;
  const TempFolder out;
  testing::write_pictures(in, 5);
  const Job job = testing::make_job(in.path(), out.path());
  const auto io = PosixIo::open(job.output_folder);
  const auto spec = ModeSpec::parse(text);
  const auto mode = make_mode(*spec, job, **io, 2);
  if (const auto started = (*mode)->start(); !started) {
    std::fprintf(stderr, "refused: %s\n", started.error().detail.c_str());
    return 2;
  }
  CountingSink sink;
  const auto tasks = plan_tasks(job, Grain::source, 2);
  const auto ran = (*mode)->run(tasks, sink, {});
  std::fprintf(stderr, "note: %s\n", (*mode)->note().c_str());
  return ran && sink.done == 15 && out.files().size() == 15 ? 0 : 1;
}

[[noreturn]] void execute_and_exit(const std::string& text) { std::exit(execute_small_job(text)); }

struct Refusal {
  unsigned system_call;
  unsigned error;
  const char* step;
};

class AsyncRefused : public ::testing::TestWithParam<Refusal> {};

TEST_P(AsyncRefused, SaysSoAndWorksOnThreads) {
  const Refusal& refusal = GetParam();
  const auto child = [&] {
    refuse(refusal.system_call, refusal.error);
    execute_and_exit("async");
  };
  EXPECT_EXIT(child(), ::testing::ExitedWithCode(0),
              std::string("note: file I/O by 4 threads, since there is no io_uring: ") + refusal.step);
}

TEST_P(AsyncRefused, IsAnErrorAtTheStartWhereTheRingWasAskedFor) {
  const Refusal& refusal = GetParam();
  const auto child = [&] {
    refuse(refusal.system_call, refusal.error);
    execute_and_exit("async:io=uring");
  };
  EXPECT_EXIT(child(), ::testing::ExitedWithCode(2),
              std::string("refused: io=uring cannot be had here: ") + refusal.step);
}

INSTANTIATE_TEST_SUITE_P(
    Every, AsyncRefused,
    ::testing::Values(Refusal{SYS_io_uring_setup, EPERM, "io_uring_setup: Operation not permitted"},
                      Refusal{SYS_io_uring_setup, ENOSYS, "io_uring_setup: Function not implemented"},
                      Refusal{SYS_io_uring_setup, ENOMEM, "io_uring_setup: Cannot allocate memory"},
                      Refusal{SYS_io_uring_register, EINVAL, "io_uring_register"},
                      Refusal{SYS_io_uring_enter, EPERM, "io_uring_enter: Operation not permitted"},
                      Refusal{SYS_eventfd2, EMFILE, "eventfd: Too many open files"}));

TEST(AsyncLimits, WithoutLockableMemoryItSaysWhatItTookAndWorks) {
  const auto child = [] {
    const rlimit none{0, 0};
    setrlimit(RLIMIT_MEMLOCK, &none);
    execute_and_exit("async");
  };
  EXPECT_EXIT(child(), ::testing::ExitedWithCode(0), "note: file I/O by (io_uring|4 threads, since)");
}

TEST(AsyncIoChoice, ThreadsAreTakenWhereTheyAreAskedFor) {
  EXPECT_EXIT(execute_and_exit("async:io=threads,inflight=1"), ::testing::ExitedWithCode(0),
              "note: file I/O by 1 thread\n");
}

/// Files that are not simply the system's.
class WrappedIo final : public Io {
 public:
  explicit WrappedIo(Io& io) : io_(io) {}
  Result<Bytes> read(const std::string& path, std::int64_t limit) override {
    ++reads;
    return io_.read(path, limit);
  }
  bool exists(const std::string& name) override { return io_.exists(name); }
  Result<std::unique_ptr<OutputFile>> create(const std::string& name, const Origin& origin) override {
    return io_.create(name, origin);
  }
  std::atomic<int> reads{0};

 private:
  Io& io_;
};

TEST(AsyncIoChoice, AnIoThatIsNotTheSystemsIsHonoured) {
  const TempFolder in;
  const TempFolder out;
  testing::write_pictures(in, 5);
  const Job job = testing::make_job(in.path(), out.path());
  const auto posix = *PosixIo::open(job.output_folder);
  WrappedIo io(*posix);
  const auto tasks = plan_tasks(job, Grain::source, 2);
  {
    const auto mode = *make_mode(*ModeSpec::parse("async"), job, io, 2);
    ASSERT_TRUE(mode->start());
    CountingSink sink;
    ASSERT_TRUE(mode->run(tasks, sink, {}));
    EXPECT_EQ(sink.done, 15U);
    EXPECT_EQ(io.reads, 5);
    EXPECT_NE(mode->note().find("4 threads, since there is no io_uring"), std::string::npos);
  }
  const auto asked = *make_mode(*ModeSpec::parse("async:io=uring"), job, io, 2);
  EXPECT_FALSE(asked->start());
}

}  // namespace
}  // namespace labday
