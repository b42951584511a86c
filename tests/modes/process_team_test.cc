// What the process modes promise beyond the contract: sharing of decoded sources, reuse of workers, fork only
// from one thread, flat memory.
#include "modes/process_team.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <mutex>
#include <string>
#include <thread>

#include "modes/idle_workers.h"
#include "modes/mode_lab.h"
#include "modes/registry.h"
#include "pipeline/plan.h"
#include "pipeline/posix_io.h"
#include "support/pictures.h"
#include "support/sanitizers.h"
#include "support/temp_folder.h"

namespace labday {
namespace {

using testing::CollectingSink;
using testing::TempFolder;

constexpr int kWorkers = 2;

class ProcessModes : public ::testing::TestWithParam<const char*> {
 protected:
  void TearDown() override { release_idle_workers(); }

  static Result<void> execute(const std::string& mode, Grain grain, const Job& job, ResultSink& sink) {
    auto io = PosixIo::open(job.output_folder);
    if (!io) return fail(io.error());
    const auto spec = ModeSpec::parse(mode);
    if (!spec) return fail(spec.error());
    auto made = make_mode(*spec, job, **io, kWorkers);
    if (!made) return fail(made.error());
    if (auto started = (*made)->start(); !started) return started;
    return (*made)->run(plan_tasks(job, grain, kWorkers), sink, {});
  }
};

TEST_P(ProcessModes, ReadEachSourceOnceForAllItsRenditionsAndHoldFewOfThem) {
  const TempFolder in;
  const TempFolder out;
  const std::string png = testing::png_bytes({700, 600}, PixelFormat::rgb, 1);
  for (int i = 0; i < 8; ++i) in.write(std::to_string(i) + ".png", png);
  const Job job = testing::make_job(in.path(), out.path(), {"10", "20", "30", "40"});
  CollectingSink sink;
  ASSERT_TRUE(execute(GetParam(), Grain::rendition, job, sink));
  std::uint64_t bytes_read = 0;
  for (const TaskResult& r : sink.results) {
    EXPECT_EQ(r.done, 1U);
    bytes_read += r.bytes_read;
  }
  EXPECT_EQ(sink.results.size(), 32U);
  EXPECT_EQ(bytes_read, 8 * png.size());
  EXPECT_GE(sink.most_shared_sources, 1U);
  EXPECT_LE(sink.most_shared_sources, std::size_t{kWorkers} + 1);
}

TEST_P(ProcessModes, GoOnWhenSomeRenditionsOfASourceAreThereAlready) {
  const TempFolder in;
  const TempFolder out;
  testing::write_pictures(in, 5);
  Job job = testing::make_job(in.path(), out.path());
  CollectingSink first;
  ASSERT_TRUE(execute(GetParam(), Grain::rendition, job, first));
  const auto files = testing::contents(out);
  for (const char* gone : {"0001-120.png", "0001-200.png", "0003-50.png"}) {
    ASSERT_TRUE(std::filesystem::remove(out.path() / gone));
  }
  job.on_exists = OnExists::skip;
  CollectingSink second;
  ASSERT_TRUE(execute(GetParam(), Grain::rendition, job, second));
  std::uint32_t done = 0;
  std::uint32_t skipped = 0;
  for (const TaskResult& r : second.results) done += r.done, skipped += r.skipped;
  EXPECT_EQ(done, 3U);
  EXPECT_EQ(skipped, 12U);
  EXPECT_TRUE(testing::contents(out) == files);
}

/// The largest resident set that any worker of this process ever had.
std::int64_t largest_worker_bytes() {
  rusage usage{};
  ::getrusage(RUSAGE_CHILDREN, &usage);
  return std::int64_t{usage.ru_maxrss} * 1024;
}

TEST_P(ProcessModes, AWorkerNeedsNoMoreMemoryForTenThousandSourcesThanForTen) {
  if (testing::kAddressSanitizer) {
    GTEST_SKIP() << "AddressSanitizer keeps freed memory for a while, so that nothing can be said of it";
  }
  const TempFolder in;
  const TempFolder out;
  const std::string source = in.write("0.png", testing::png_bytes({8, 8}, PixelFormat::rgb, 1));
  for (int i = 1; i < 10'000; ++i) {
    std::filesystem::create_hard_link(source, in.path() / (std::to_string(i) + ".png"));
  }
  Job large = testing::make_job(in.path(), out.path(), {"50"});
  large.on_exists = OnExists::replace;
  Job small = without_sources(large);
  small.sources.assign(large.sources.begin(), large.sources.begin() + 10);
  // What this process has at the largest, a forked worker has, too.
  CollectingSink sink;
  sink.results.reserve(11'000);
  ASSERT_TRUE(execute(GetParam(), Grain::source, small, sink));
  release_idle_workers();
  const std::int64_t few = largest_worker_bytes();
  ASSERT_GT(few, 1'000'000);
  ASSERT_TRUE(execute(GetParam(), Grain::source, large, sink));
  release_idle_workers();
  EXPECT_LT(largest_worker_bytes() - few, 8'000'000);
  EXPECT_EQ(sink.results.size(), 10'010U);
}

std::string mode_name(const ::testing::TestParamInfo<const char*>& tested) {
  std::string text = tested.param;
  std::replace(text.begin(), text.end(), '-', '_');
  return text;
}

INSTANTIATE_TEST_SUITE_P(Each, ProcessModes,
                         ::testing::Values("multiprocessing", "multiprocessing-pool",
                                           "multiprocessing-joblib"),
                         mode_name);

using Forking = ProcessModes;

TEST_F(Forking, IsRefusedWhileThereIsASecondThreadAndSpawningIsNot) {
  const TempFolder in;
  const TempFolder out;
  testing::write_pictures(in, 2);
  const Job job = testing::make_job(in.path(), out.path());
  std::mutex mutex;
  mutex.lock();
  std::thread second([&] { const std::lock_guard wait(mutex); });
  CollectingSink sink;
  const auto pool = execute("multiprocessing-pool", Grain::source, job, sink);
  ASSERT_FALSE(pool);
  EXPECT_NE(pool.error().detail.find("2 threads must not fork"), std::string::npos);
  EXPECT_TRUE(sink.results.empty());

  const auto each = execute("multiprocessing", Grain::source, job, sink);
  EXPECT_FALSE(each);
  ASSERT_EQ(sink.results.size(), 2U) << "a mode that breaks still delivers every task";
  for (const TaskResult& r : sink.results) EXPECT_EQ(r.failed, 3U);

  CollectingSink spawned;
  EXPECT_TRUE(execute("multiprocessing-pool:start=spawn", Grain::source, job, spawned));
  for (const TaskResult& r : spawned.results) EXPECT_EQ(r.done, 3U);
  mutex.unlock();
  second.join();
}

using Joblib = ProcessModes;

TEST_F(Joblib, UsesTheWorkersOfTheCallBefore) {
  const TempFolder in;
  testing::write_pictures(in, 6);
  std::set<int> before;
  for (int call = 0; call < 3; ++call) {
    const TempFolder out;
    CollectingSink sink;
    ASSERT_TRUE(
        execute("multiprocessing-joblib", Grain::source, testing::make_job(in.path(), out.path()), sink));
    EXPECT_EQ(out.files().size(), 18U);
    const std::set<int> workers = testing::child_processes();
    EXPECT_EQ(workers.size(), std::size_t{kWorkers});
    EXPECT_TRUE(call == 0 || workers == before);
    before = workers;
  }
  release_idle_workers();
  EXPECT_EQ(testing::child_processes(), std::set<int>{});
}

TEST_F(Joblib, ReplacesAWorkerThatDiedBetweenTwoCalls) {
  const TempFolder in;
  testing::write_pictures(in, 6);
  for (int call = 0; call < 2; ++call) {
    const TempFolder out;
    CollectingSink sink;
    ASSERT_TRUE(
        execute("multiprocessing-joblib", Grain::source, testing::make_job(in.path(), out.path()), sink));
    EXPECT_EQ(out.files().size(), 18U);
    ::kill(*testing::child_processes().begin(), SIGKILL);
  }
}

TEST_F(Joblib, KeepsNoMoreWorkersThanTheNextCallMayHave) {
  const TempFolder in;
  testing::write_pictures(in, 6);
  for (const char* mode : {"multiprocessing-joblib:workers=3", "multiprocessing-joblib:workers=1"}) {
    const TempFolder out;
    CollectingSink sink;
    ASSERT_TRUE(execute(mode, Grain::source, testing::make_job(in.path(), out.path()), sink));
    EXPECT_LE(sink.most_processes, std::string(mode).back() == '3' ? 3U : 1U);
  }
}

using Pool = ProcessModes;

TEST_F(Pool, ReplacesAWorkerAfterAsManyChunksAsMaxtasksSays) {
  const TempFolder in;
  const TempFolder out;
  testing::write_pictures(in, 12);
  struct PidSink final : ResultSink {
    void deliver(TaskResult) override {
      for (const int pid : testing::child_processes()) pids.insert(pid);
    }
    std::set<int> pids;
  } sink;
  // Twelve tasks are six chunks, which are three workers.
  ASSERT_TRUE(execute("multiprocessing-pool:workers=1,chunk=2,maxtasks=2", Grain::source,
                      testing::make_job(in.path(), out.path()), sink));
  EXPECT_EQ(sink.pids.size(), 3U);
  EXPECT_EQ(out.files().size(), 36U);
}

}  // namespace
}  // namespace labday
