// The contract of mode.h, checked for every mode of the registry at both grains. A new mode is tested by
// being in the registry; parameters that change what it does are listed in contract_specs().
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "image/codec.h"
#include "modes/idle_workers.h"
#include "modes/mode_lab.h"
#include "modes/registry.h"
#include "pipeline/plan.h"
#include "pipeline/posix_io.h"
#include "support/counted_memory.h"
#include "support/pictures.h"
#include "support/sanitizers.h"
#include "support/temp_folder.h"
#include "transport/sandbox.h"

namespace labday {
namespace {

using testing::TempFolder;

constexpr int kWorkers = 3;

using testing::CollectingSink;
using testing::contents;
using testing::count_entries;

struct Parameter {
  std::string spec;
  Grain grain = Grain::source;
  bool sandbox = false;
};

/// Each mode as it is, and then with values of its parameters under which it works in another way.
std::vector<std::string> contract_specs() {
  std::vector<std::string> specs;
  for (const ModeInfo* mode : all_modes()) specs.emplace_back(mode->name);
  specs.insert(specs.end(), {
                                "async:io=threads",
                                "async:inflight=1",
                                "async:inflight=1,io=threads",
                                "async:inflight=40",
                                "async:workers=1",
                                "multiprocessing:join=each",
                                "multiprocessing:start=spawn",
                                "multiprocessing-pool:chunk=4,maxtasks=3",
                                "multiprocessing-pool:start=spawn,chunk=2",
                                "multiprocessing-joblib:max_nbytes=1",
                                "multiprocessing-joblib:batch=4,pre_dispatch=all,max_nbytes=none",
                                "multiprocessing-joblib:pre_dispatch=1",
                            });
  return specs;
}

/// Sources that may be in flight: what the spec asks for, or `fallback`.
std::size_t inflight(const ModeSpec& spec, std::size_t fallback) {
  const auto asked = spec.values.find("inflight");
  return asked == spec.values.end() ? fallback : std::stoul(asked->second);
}

bool has_inflight(const ModeSpec& spec) {
  const auto& parameters = spec.info->parameters;
  return std::any_of(parameters.begin(), parameters.end(),
                     [](const ModeParameter& p) { return p.name == "inflight"; });
}

class ModeContract : public ::testing::TestWithParam<Parameter> {
 protected:
  void SetUp() override {
    release_idle_workers();
    if (GetParam().sandbox && !sandbox_refusal().empty()) GTEST_SKIP() << sandbox_refusal();
  }

  /// Nothing is left of any mode, whatever the test did.
  void TearDown() override {
    release_idle_workers();
    EXPECT_EQ(testing::child_processes(), std::set<int>{});
    EXPECT_EQ(testing::shared_memory(), 0U);
  }

  std::vector<Task> tasks_of(const Job& job) const { return plan_tasks(job, GetParam().grain, kWorkers); }

  void execute(Job job, ResultSink& sink, const CancelToken& cancel = {}, std::string_view mode = {}) {
    if (GetParam().sandbox && mode.empty()) job.sandbox = Sandbox::required;
    auto io = PosixIo::open(job.output_folder);
    ASSERT_TRUE(io) << io.error().detail;
    const auto spec = ModeSpec::parse(mode.empty() ? GetParam().spec : mode);
    ASSERT_TRUE(spec);
    auto made = make_mode(*spec, job, **io, kWorkers);
    ASSERT_TRUE(made) << made.error().detail;
    const auto started = (*made)->start();
    ASSERT_TRUE(started) << started.error().detail;
    const auto tasks = tasks_of(job);
    const auto ran = (*made)->run(tasks, sink, cancel);
    EXPECT_TRUE(ran) << ran.error().detail;
    if (job.records) memory_peak_ = (*made)->run_record().memory_peak;
  }

  std::uint64_t memory_peak_ = 0;

  void expect_each_task_once(const Job& job, const CollectingSink& sink) const {
    testing::expect_each_task_once(tasks_of(job), sink);
  }
};

TEST_P(ModeContract, AnEmptyJobIsDone) {
  const TempFolder in;
  const TempFolder out;
  const Job job = testing::make_job(in.path(), out.path());
  CollectingSink sink;
  execute(job, sink);
  EXPECT_TRUE(sink.results.empty());
  EXPECT_TRUE(out.files().empty());
}

TEST_P(ModeContract, OneTaskIsExecuted) {
  const TempFolder in;
  const TempFolder out;
  testing::write_pictures(in, 1);
  const Job job = testing::make_job(in.path(), out.path(), {"150"});
  CollectingSink sink;
  execute(job, sink);
  ASSERT_EQ(sink.results.size(), 1U);
  EXPECT_EQ(sink.results[0].done, 1U);
  EXPECT_EQ(out.files(), std::vector<std::string>{"0000-150.png"});
}

TEST_P(ModeContract, EachOfThousandsOfTinyTasksIsDeliveredExactlyOnce) {
  const TempFolder in;
  const TempFolder out;
  const std::string png = testing::png_bytes({2, 2}, PixelFormat::l, 1);
  // A process for each task takes its time; so does a program for each, and a fork of AddressSanitizer's
  // memory.
  const std::string& spec = GetParam().spec;
  const bool process_each = spec.rfind("multiprocessing", 0) == 0 && spec.rfind("multiprocessing-", 0) != 0;
  const bool slow = spec == "multiprocessing:start=spawn" ||
                    (testing::kAddressSanitizer && spec.rfind("multiprocessing", 0) == 0);
  const int sources = slow ? 60 : process_each || testing::kShadowMemory ? 500 : 1500;
  for (int i = 0; i < sources; ++i) in.write(std::to_string(i) + ".png", png);
  const Job job = testing::make_job(in.path(), out.path(), {"100", "200"});
  CollectingSink sink;
  execute(job, sink);
  expect_each_task_once(job, sink);
  EXPECT_EQ(out.files().size(), 2U * static_cast<std::size_t>(sources));
}

TEST_P(ModeContract, WritesTheBytesOfTheBaseline) {
  const TempFolder in;
  const TempFolder out;
  const TempFolder reference;
  testing::write_pictures(in, 9);
  in.write("deep/er/large.png", testing::png_bytes({300, 500}, PixelFormat::rgba, 5));
  in.write("grey.png", testing::png_bytes({200, 3}, PixelFormat::la, 6));
  CollectingSink sink;
  execute(testing::make_job(in.path(), out.path()), sink);
  execute(testing::make_job(in.path(), reference.path()), sink, {}, all_modes().front()->name);
  const auto files = contents(out);
  EXPECT_EQ(files.size(), 33U);
  EXPECT_TRUE(files == contents(reference));
}

TEST_P(ModeContract, ABadSourceInTheMiddleFailsItsOwnTaskOnly) {
  const TempFolder in;
  const TempFolder out;
  testing::write_pictures(in, 9);
  in.write("0004.png", "no picture");
  in.write("0006.png", testing::png_bytes({30, 30}, PixelFormat::rgb, 7).substr(0, 200));
  const Job job = testing::make_job(in.path(), out.path());
  CollectingSink sink;
  execute(job, sink);
  expect_each_task_once(job, sink);
  for (const TaskResult& r : sink.results) {
    const bool bad = r.task.source == 4 || r.task.source == 6;
    const auto renditions = static_cast<std::uint32_t>(r.task.last - r.task.first);
    EXPECT_EQ(bad ? r.failed : r.done, renditions);
    EXPECT_EQ(!r.errors.empty(), bad);
    for (const Error& error : r.errors) EXPECT_EQ(error.path, job.sources[r.task.source].path);
  }
  EXPECT_EQ(out.files().size(), 7U * 3);
}

TEST_P(ModeContract, CancellationInTheMiddleLeavesWholeFilesOnlyAndReportsTheRest) {
  const TempFolder in;
  const TempFolder out;
  testing::write_pictures(in, 60);
  const Job job = testing::make_job(in.path(), out.path());
  CancelToken cancel;
  CollectingSink sink;
  sink.cancel = &cancel;
  sink.cancel_after = 5;
  execute(job, sink, cancel);
  expect_each_task_once(job, sink);
  std::size_t done = 0;
  std::size_t not_done = 0;
  for (const TaskResult& r : sink.results) {
    done += r.done;
    not_done += r.not_done;
    EXPECT_EQ(r.failed, 0U);
  }
  EXPECT_GT(not_done, 0U);
  const auto files = contents(out);
  EXPECT_EQ(files.size(), done);
  for (const auto& [name, content] : files) {
    EXPECT_TRUE(decode({reinterpret_cast<const std::uint8_t*>(content.data()), content.size()}, {})) << name;
  }
}

TEST_P(ModeContract, AJobCancelledBeforeItBeginsWritesNothing) {
  const TempFolder in;
  const TempFolder out;
  testing::write_pictures(in, 4);
  const Job job = testing::make_job(in.path(), out.path());
  CancelToken cancel;
  cancel.request();
  CollectingSink sink;
  execute(job, sink, cancel);
  expect_each_task_once(job, sink);
  for (const TaskResult& r : sink.results)
    EXPECT_EQ(r.not_done, static_cast<std::uint32_t>(r.task.last - r.task.first));
  EXPECT_TRUE(out.files().empty());
}

TEST_P(ModeContract, LeavesNoThreadAndNoDescriptorBehind) {
  const TempFolder in;
  const TempFolder out;
  testing::write_pictures(in, 12);
  Job job = testing::make_job(in.path(), out.path());
  job.on_exists = OnExists::replace;
  CollectingSink first;
  execute(job, first);  // whatever libraries keep for themselves is there from now on
  const std::size_t threads = count_entries("/proc/self/task");
  const std::size_t descriptors = count_entries("/proc/self/fd");
  CollectingSink second;
  execute(job, second);
  EXPECT_EQ(count_entries("/proc/self/task"), threads);
  EXPECT_EQ(count_entries("/proc/self/fd"), descriptors);
}

TEST_P(ModeContract, NeverHasMoreThreadsOrProcessesThanWorkersBesidesItsCallerALoopAndThoseForIo) {
  const TempFolder in;
  const TempFolder out;
  testing::write_pictures(in, 12);
  const auto spec = ModeSpec::parse(GetParam().spec);
  ASSERT_TRUE(spec);
  const std::size_t workers = static_cast<std::size_t>(*spec->workers(kWorkers));
  const testing::Threads before = testing::count_threads();
  CollectingSink sink;
  execute(testing::make_job(in.path(), out.path()), sink);
  EXPECT_LE(sink.most_threads.workers, before.workers + workers);
  EXPECT_LE(sink.most_threads.loop_and_io, 1 + inflight(*spec, 2 * workers));
  EXPECT_LE(sink.most_processes, workers);
}

TEST_P(ModeContract, MemoryIsBoundedByTheWorkersNotByTheSources) {
  const TempFolder one;
  const TempFolder many;
  const TempFolder out;
  const std::string png = testing::png_bytes({200, 150}, PixelFormat::rgb, 3);
  // A worker keeps its buffers, so its second task is the measure; and a thread of its own begins without
  // any.
  for (int i = 0; i < 2; ++i) one.write(std::to_string(i) + ".png", png);
  for (int i = 0; i < (testing::kShadowMemory ? 15 : 40); ++i) many.write(std::to_string(i) + ".png", png);
  Job job = testing::make_job(one.path(), out.path());
  job.on_exists = OnExists::replace;
  CollectingSink sink;
  std::size_t before = testing::reset_memory_peak();
  std::thread([&] { execute(job, sink, {}, all_modes().front()->name); }).join();
  const std::size_t one_task = testing::memory_peak() - before;
  ASSERT_GT(one_task, std::size_t{200} * 150 * 3);

  Job larger = testing::make_job(many.path(), out.path());
  larger.on_exists = OnExists::replace;
  before = testing::reset_memory_peak();
  execute(larger, sink);
  std::size_t bound = kWorkers * one_task * 11 / 10;
  const auto spec = ModeSpec::parse(GetParam().spec);
  if (has_inflight(*spec)) {
    // One task is held ready for the next idle worker; of the sources in flight there is the content.
    bound += one_task + inflight(*spec, 2 * kWorkers) * png.size();
  }
  EXPECT_LE(testing::memory_peak() - before, bound);
}

TEST_P(ModeContract, NeverHasMoreDecodedThanTheMemoryLimitAndWritesTheSameFiles) {
  const TempFolder in;
  const TempFolder reference;
  const std::vector<std::string> percents = {"50", "120"};
  for (int i = 0; i < 10; ++i) {
    in.write(std::to_string(i) + ".png", testing::png_bytes({100 + 15 * i, 150}, PixelFormat::rgb, i));
  }
  CollectingSink sink;
  execute(testing::make_job(in.path(), reference.path(), percents), sink, {}, all_modes().front()->name);
  // One of them at a time, whatever its size; two or three; all.
  for (const std::int64_t limit : {std::int64_t{1}, std::int64_t{11} << 20, std::int64_t{1} << 30}) {
    const TempFolder out;
    Job job = testing::make_job(in.path(), out.path(), percents);
    job.records = true;
    job.limits.memory_bytes = limit;
    CollectingSink limited;
    execute(job, limited);
    expect_each_task_once(job, limited);
    EXPECT_GT(memory_peak_, 0U);
    EXPECT_LE(memory_peak_, static_cast<std::uint64_t>(limit));
    EXPECT_TRUE(contents(out) == contents(reference)) << limit;
  }
}

TEST_P(ModeContract, CancellationReachesThoseWhoWaitForMemory) {
  const TempFolder in;
  const TempFolder out;
  testing::write_pictures(in, 30);
  Job job = testing::make_job(in.path(), out.path());
  job.limits.memory_bytes = 1;
  CancelToken cancel;
  CollectingSink sink;
  sink.cancel = &cancel;
  sink.cancel_after = 3;
  execute(job, sink, cancel);
  expect_each_task_once(job, sink);
  std::size_t done = 0;
  std::size_t not_done = 0;
  for (const TaskResult& r : sink.results) {
    done += r.done;
    not_done += r.not_done;
    EXPECT_EQ(r.failed, 0U);
  }
  EXPECT_GT(not_done, 0U);
  EXPECT_EQ(contents(out).size(), done);
}

TEST_P(ModeContract, HasASoundRecordOfEveryTaskWhereThatIsWanted) {
  const TempFolder in;
  const TempFolder out;
  testing::write_pictures(in, 9);
  in.write("0004.png", "no picture");
  Job job = testing::make_job(in.path(), out.path());
  job.records = true;
  CollectingSink sink;
  const Nanoseconds begin = since_epoch(Clock::now());
  execute(job, sink);
  const Nanoseconds end = since_epoch(Clock::now());
  const auto spec = ModeSpec::parse(GetParam().spec);
  std::uint64_t written = 0;
  for (const TaskResult& r : sink.results) {
    ASSERT_TRUE(r.record) << "source " << r.task.source;
    const TaskRecord& record = *r.record;
    EXPECT_LE(begin, record.queued);
    EXPECT_LE(record.queued, record.started);
    EXPECT_LE(record.started, record.ended);
    EXPECT_LE(record.ended, end);
    EXPECT_GE(record.worker, 0);
    EXPECT_LT(record.worker, *spec->workers(kWorkers));
    EXPECT_GE(record.handing.count(), 0);
    Nanoseconds cpu{0};
    for (std::size_t stage = 0; stage < r.stage_times.size(); ++stage) {
      EXPECT_GE(record.cpu[stage].count(), 0);
      EXPECT_LE(record.cpu[stage], r.stage_times[stage]) << name(static_cast<Stage>(stage));
      EXPECT_LE(r.stage_times[stage], kWorkers * (record.ended - record.started));
      cpu += record.cpu[stage];
    }
    EXPECT_EQ(r.done > 0, cpu.count() > 0 && r.task.source != 4);
    written += r.bytes_written;
  }
  EXPECT_GT(written, 0U);
}

TEST_P(ModeContract, HasNoRecordsWhereTheyAreNotWanted) {
  const TempFolder in;
  const TempFolder out;
  testing::write_pictures(in, 3);
  CollectingSink sink;
  execute(testing::make_job(in.path(), out.path()), sink);
  for (const TaskResult& r : sink.results) EXPECT_FALSE(r.record);
}

std::vector<Parameter> every_mode_at_both_grains() {
  std::vector<Parameter> parameters;
  for (const std::string& spec : contract_specs()) {
    for (const Grain grain : {Grain::source, Grain::rendition}) parameters.push_back({spec, grain});
  }
  for (const char* spec :
       {"multiprocessing", "multiprocessing:start=spawn", "multiprocessing-pool",
        "multiprocessing-pool:chunk=4,maxtasks=3", "multiprocessing-joblib:max_nbytes=1"}) {
    for (const Grain grain : {Grain::source, Grain::rendition}) parameters.push_back({spec, grain, true});
  }
  return parameters;
}

std::ostream& operator<<(std::ostream& out, const Parameter& parameter) {
  return out << parameter.spec << " at grain " << name(parameter.grain)
             << (parameter.sandbox ? " in a sandbox" : "");
}

std::string parameter_name(const ::testing::TestParamInfo<Parameter>& info) {
  std::string text = info.param.spec + "_by_" + std::string(name(info.param.grain)) +
                     (info.param.sandbox ? "_in_a_sandbox" : "");
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return text;
}

INSTANTIATE_TEST_SUITE_P(Every, ModeContract, ::testing::ValuesIn(every_mode_at_both_grains()),
                         parameter_name);

}  // namespace
}  // namespace labday
