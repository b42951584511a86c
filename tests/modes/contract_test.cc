// The contract of mode.h, checked for every mode of the registry at both grains. A new mode is tested by
// being in the registry.
#include <dirent.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "image/codec.h"
#include "modes/registry.h"
#include "pipeline/plan.h"
#include "pipeline/posix_io.h"
#include "support/counted_memory.h"
#include "support/pictures.h"
#include "support/temp_folder.h"

namespace labday {
namespace {

using testing::TempFolder;

constexpr int kWorkers = 3;

/// Entries of a folder of /proc: the process's threads, or its descriptors.
std::size_t count_entries(const char* folder) {
  std::size_t count = 0;
  DIR* const handle = opendir(folder);
  while (readdir(handle) != nullptr) ++count;
  closedir(handle);
  return count;
}

class CollectingSink final : public ResultSink {
 public:
  void deliver(TaskResult result) override {
    EXPECT_FALSE(inside_) << "deliver() was entered twice at the same time";
    inside_ = true;
    most_threads = std::max(most_threads, count_entries("/proc/self/task"));
    results.push_back(std::move(result));
    if (cancel != nullptr && results.size() == cancel_after) cancel->request();
    inside_ = false;
  }

  /// How often each task was delivered.
  [[nodiscard]] std::map<std::tuple<int, int, int>, int> deliveries() const {
    std::map<std::tuple<int, int, int>, int> counts;
    for (const TaskResult& r : results) ++counts[{r.task.source, r.task.first, r.task.last}];
    return counts;
  }

  std::vector<TaskResult> results;
  std::size_t most_threads = 0;
  CancelToken* cancel = nullptr;
  std::size_t cancel_after = 0;

 private:
  bool inside_ = false;
};

struct Parameter {
  const ModeInfo* mode = nullptr;
  Grain grain = Grain::source;
};

class ModeContract : public ::testing::TestWithParam<Parameter> {
 protected:
  std::vector<Task> tasks_of(const Job& job) const { return plan_tasks(job, GetParam().grain, kWorkers); }

  void execute(const Job& job, ResultSink& sink, const CancelToken& cancel = {},
               std::string_view mode = {}) const {
    auto io = PosixIo::open(job.output_folder);
    ASSERT_TRUE(io) << io.error().detail;
    const auto spec = ModeSpec::parse(mode.empty() ? GetParam().mode->name : mode);
    ASSERT_TRUE(spec);
    auto made = make_mode(*spec, job, **io, kWorkers);
    ASSERT_TRUE(made) << made.error().detail;
    ASSERT_TRUE((*made)->start());
    const auto tasks = tasks_of(job);
    EXPECT_TRUE((*made)->run(tasks, sink, cancel));
  }

  void expect_each_task_once(const Job& job, const CollectingSink& sink) const {
    const auto tasks = tasks_of(job);
    const auto deliveries = sink.deliveries();
    EXPECT_EQ(sink.results.size(), tasks.size());
    for (const Task& t : tasks) {
      const auto found = deliveries.find({t.source, t.first, t.last});
      EXPECT_TRUE(found != deliveries.end() && found->second == 1) << "task of source " << t.source;
    }
  }

  /// Every file of `out`, by name.
  static std::map<std::string, std::string> contents(const TempFolder& out) {
    std::map<std::string, std::string> all;
    for (const std::string& name : out.files()) all[name] = testing::read_text(out.path() / name);
    return all;
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
  for (int i = 0; i < 1500; ++i) in.write(std::to_string(i) + ".png", png);
  const Job job = testing::make_job(in.path(), out.path(), {"100", "200"});
  CollectingSink sink;
  execute(job, sink);
  expect_each_task_once(job, sink);
  EXPECT_EQ(out.files().size(), 3000U);
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

TEST_P(ModeContract, NeverHasMoreThreadsThanWorkersBesidesItsCaller) {
  const TempFolder in;
  const TempFolder out;
  testing::write_pictures(in, 12);
  const std::size_t before = count_entries("/proc/self/task");
  CollectingSink sink;
  execute(testing::make_job(in.path(), out.path()), sink);
  EXPECT_LE(sink.most_threads, before + kWorkers);
}

TEST_P(ModeContract, MemoryIsBoundedByTheWorkersNotByTheSources) {
  const TempFolder one;
  const TempFolder many;
  const TempFolder out;
  const std::string png = testing::png_bytes({200, 150}, PixelFormat::rgb, 3);
  // A worker keeps its buffers, so its second task is the measure; and a thread of its own begins without any.
  for (int i = 0; i < 2; ++i) one.write(std::to_string(i) + ".png", png);
  for (int i = 0; i < 40; ++i) many.write(std::to_string(i) + ".png", png);
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
  EXPECT_LE(testing::memory_peak() - before, kWorkers * one_task * 11 / 10);
}

std::vector<Parameter> every_mode_at_both_grains() {
  std::vector<Parameter> parameters;
  for (const ModeInfo* mode : all_modes()) {
    for (const Grain grain : {Grain::source, Grain::rendition}) parameters.push_back({mode, grain});
  }
  return parameters;
}

std::string parameter_name(const ::testing::TestParamInfo<Parameter>& info) {
  std::string text = std::string(info.param.mode->name) + "_by_" + std::string(name(info.param.grain));
  std::replace(text.begin(), text.end(), '-', '_');
  return text;
}

INSTANTIATE_TEST_SUITE_P(Every, ModeContract, ::testing::ValuesIn(every_mode_at_both_grains()),
                         parameter_name);

}  // namespace
}  // namespace labday
