// The composition of `async`, stepped by hand through hundreds of orders of events, with faults and
// cancellation in between.
#include "modes/async_job.h"

#include <dirent.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <map>
#include <new>
#include <set>
#include <string>
#include <tuple>

#include "pipeline/plan.h"
#include "pipeline/posix_io.h"
#include "support/manual_async.h"
#include "support/pictures.h"
#include "support/temp_folder.h"

namespace labday {
namespace {

using testing::ManualScheduler;
using testing::TempFolder;

class RecordingSink final : public ResultSink {
 public:
  void deliver(TaskResult result) override {
    ++deliveries[{result.task.source, result.task.first}];
    renditions += result.done + result.skipped + result.failed + result.not_done;
    done += result.done;
    failed += result.failed;
    not_done += result.not_done;
    skipped += result.skipped;
    errors += result.errors.size();
    delivered_of[result.task.source] += static_cast<std::size_t>(result.task.last - result.task.first);
  }
  std::map<std::pair<std::uint32_t, std::uint16_t>, int> deliveries;
  std::map<std::uint32_t, std::size_t> delivered_of;
  std::size_t renditions = 0, done = 0, failed = 0, not_done = 0, skipped = 0, errors = 0;
};

std::size_t open_descriptors() {
  std::size_t count = 0;
  DIR* const handle = opendir("/proc/self/fd");
  while (readdir(handle) != nullptr) ++count;
  closedir(handle);
  return count;
}

std::map<std::string, std::string> contents(const TempFolder& folder) {
  std::map<std::string, std::string> all;
  for (const std::string& name : folder.files()) all[name] = testing::read_text(folder.path() / name);
  return all;
}

class AsyncJobTest : public ::testing::Test {
 protected:
  AsyncJobTest() {
    testing::write_pictures(in_, 3);
    in_.write("deep/er/a.png", testing::png_bytes({9, 14}, PixelFormat::rgba, 4));
    in_.write("deep/b.png", testing::png_bytes({5, 8}, PixelFormat::l, 5));
    job_ = testing::make_job(in_.path(), reference_.path(), {"50", "150"});
    const auto io = PosixIo::open(reference_.path());
    InlineForEach for_each;
    for (const Task& task : plan_tasks(job_, Grain::source, 1)) {
      EXPECT_EQ(run_task(job_, task, **io, for_each, {}).done, 2U);
    }
    expected_ = contents(reference_);
    EXPECT_EQ(expected_.size(), 10U);
  }

  /// Every file that is there is whole, and each rendition that is done is there; nothing else.
  void expect_whole_files(const TempFolder& out, const RecordingSink& sink, unsigned seed) const {
    const auto files = contents(out);
    EXPECT_EQ(files.size(), sink.done) << "seed " << seed;
    for (const auto& [name, content] : files) {
      const auto found = expected_.find(name);
      EXPECT_TRUE(found != expected_.end() && found->second == content) << name << ", seed " << seed;
    }
  }

  static void expect_each_once(const std::vector<Task>& tasks, const RecordingSink& sink, unsigned seed) {
    EXPECT_EQ(sink.deliveries.size(), tasks.size()) << "seed " << seed;
    for (const auto& [task, count] : sink.deliveries) EXPECT_EQ(count, 1) << "seed " << seed;
  }

  TempFolder in_;
  TempFolder reference_;
  Job job_;
  std::map<std::string, std::string> expected_;
};

/// Watches the calls: how many sources and renditions are under way at a time.
class InFlight {
 public:
  InFlight(const Job& job, const RecordingSink& sink, AsyncBounds bounds)
      : job_(job), sink_(sink), bounds_(bounds) {}

  void call_begins(const FileCall& call) {
    if (call.kind != FileCall::Kind::open || call.descriptor != AT_FDCWD) return;
    for (std::uint32_t source = 0; source < job_.sources.size(); ++source) {
      if (job_.sources[source].path == call.path) {
        EXPECT_TRUE(begun_.insert(source).second) << "read twice: " << call.path;
      }
    }
    std::size_t ended = 0;
    for (const auto& [source, renditions] : sink_.delivered_of) {
      ended += begun_.contains(source) && renditions == job_.renditions.size() ? 1 : 0;
    }
    EXPECT_LE(begun_.size() - ended, bounds_.sources);
  }

  void temporary_made() { EXPECT_LE(++temporaries_, bounds_.renditions); }
  void temporary_gone() { --temporaries_; }

 private:
  const Job& job_;
  const RecordingSink& sink_;
  AsyncBounds bounds_;
  std::set<std::uint32_t> begun_;
  std::size_t temporaries_ = 0;
};

/// An answer that the system might give instead, where it leaves nothing behind that a task could not know.
FileAnswer answer_with_faults(ManualScheduler& scheduler, const FileCall& call) {
  using Kind = FileCall::Kind;
  switch (call.kind) {
    case Kind::close: {
      const FileAnswer closed = execute(call);  // closes in any case
      return scheduler.one_in(15) ? -EDQUOT : closed;
    }
    case Kind::remove:
      return execute(call);
    case Kind::write:
      if (scheduler.one_in(3) && call.size > 1) {
        FileCall part = call;
        part.size = 1 + scheduler.number(call.size);
        return execute(part);
      }
      break;
    case Kind::rename:
      if (call.flags != 0 && scheduler.one_in(3)) return -EINVAL;  // no RENAME_NOREPLACE here
      break;
    default:
      break;
  }
  if (scheduler.one_in(25)) return scheduler.one_in(2) ? -EIO : -ENOSPC;
  return execute(call);
}

TEST_F(AsyncJobTest, InAnyOrderOfEventsEachTaskIsDoneOnceWithinTheBounds) {
  for (unsigned seed = 0; seed < 300; ++seed) {
    ManualScheduler scheduler(seed);
    const TempFolder out;
    const auto io = *PosixIo::open(out.path());
    const AsyncBounds bounds{1 + scheduler.number(3), 1 + scheduler.number(3), 1 + scheduler.number(3)};
    const auto tasks = plan_tasks(job_, scheduler.one_in(2) ? Grain::source : Grain::rendition, 1);
    RecordingSink sink;
    InFlight in_flight(job_, sink, bounds);
    const CancelToken never;
    const std::size_t descriptors = open_descriptors();
    {
      CallingIo calling(scheduler, *io->native_folder());
      AsyncJob async(job_, tasks, {scheduler, scheduler, calling}, bounds, sink, never);
      scheduler.call_begins = [&](const FileCall& call) { in_flight.call_begins(call); };
      scheduler.answer = [&](const FileCall& call) {
        const FileAnswer answer = execute(call);
        const bool exclusive = (call.flags & O_EXCL) != 0;
        if (call.kind == FileCall::Kind::open && exclusive && answer >= 0) in_flight.temporary_made();
        if (call.kind == FileCall::Kind::rename && answer == 0) in_flight.temporary_gone();
        return answer;
      };
      ASSERT_TRUE(scheduler.run(async.run())) << "seed " << seed;
    }
    EXPECT_EQ(open_descriptors(), descriptors);
    expect_each_once(tasks, sink, seed);
    EXPECT_EQ(sink.done, 10U) << "seed " << seed;
    expect_whole_files(out, sink, seed);
  }
}

TEST_F(AsyncJobTest, WhateverFailsOnTheWayNothingHalfWrittenStays) {
  std::size_t failed = 0;
  for (unsigned seed = 0; seed < 400; ++seed) {
    ManualScheduler scheduler(seed);
    const TempFolder out;
    const auto io = *PosixIo::open(out.path());
    const AsyncBounds bounds{1 + scheduler.number(5), 1 + scheduler.number(3), 1 + scheduler.number(4)};
    const auto tasks = plan_tasks(job_, scheduler.one_in(2) ? Grain::source : Grain::rendition, 1);
    RecordingSink sink;
    const CancelToken never;
    const std::size_t descriptors = open_descriptors();
    CallingIo calling(scheduler, *io->native_folder());
    AsyncJob async(job_, tasks, {scheduler, scheduler, calling}, bounds, sink, never);
    scheduler.answer = [&](const FileCall& call) { return answer_with_faults(scheduler, call); };
    ASSERT_TRUE(scheduler.run(async.run())) << "seed " << seed;
    EXPECT_EQ(open_descriptors(), descriptors);
    expect_each_once(tasks, sink, seed);
    EXPECT_EQ(sink.done + sink.failed, 10U) << "seed " << seed;
    EXPECT_EQ(sink.failed > 0, sink.errors > 0) << "seed " << seed;
    expect_whole_files(out, sink, seed);
    failed += sink.failed;
  }
  EXPECT_GT(failed, 400U);
}

TEST_F(AsyncJobTest, CancelledBetweenAnyTwoEventsItEndsWithWholeFilesAndTheRestNotDone) {
  std::size_t not_done = 0;
  std::size_t done = 0;
  for (unsigned seed = 0; seed < 400; ++seed) {
    ManualScheduler scheduler(seed);
    const TempFolder out;
    const auto io = *PosixIo::open(out.path());
    const AsyncBounds bounds{1 + scheduler.number(5), 1 + scheduler.number(3), 1 + scheduler.number(4)};
    const auto tasks = plan_tasks(job_, scheduler.one_in(2) ? Grain::source : Grain::rendition, 1);
    RecordingSink sink;
    CancelToken cancel;
    CallingIo calling(scheduler, *io->native_folder());
    AsyncJob async(job_, tasks, {scheduler, scheduler, calling}, bounds, sink, cancel);
    std::size_t steps_left = seed;
    const bool ended = scheduler.run(async.run(), [&] {
      if (steps_left == 0) cancel.request();
      if (steps_left > 0) --steps_left;
    });
    ASSERT_TRUE(ended) << "seed " << seed;
    expect_each_once(tasks, sink, seed);
    EXPECT_EQ(sink.done + sink.not_done, 10U) << "seed " << seed;
    expect_whole_files(out, sink, seed);
    not_done += sink.not_done;
    done += sink.done;
  }
  EXPECT_GT(not_done, 400U);
  EXPECT_GT(done, 400U);
}

/// Blocking calls that fail or throw now and then.
class FaultyIo final : public Io {
 public:
  FaultyIo(Io& io, ManualScheduler& scheduler) : io_(io), scheduler_(scheduler) {}

  Result<Bytes> read(const std::string& path, std::int64_t limit) override {
    if (scheduler_.one_in(12)) throw std::bad_alloc();
    return io_.read(path, limit);
  }
  bool exists(const std::string& name) override { return io_.exists(name); }
  Result<std::unique_ptr<OutputFile>> create(const std::string& name, const Origin& origin) override {
    if (scheduler_.one_in(12)) throw std::bad_alloc();
    if (scheduler_.one_in(12)) return fail(Stage::write, ErrorCode::no_space, name, "cannot create");
    auto file = io_.create(name, origin);
    if (!file) return fail(file.error());
    return std::make_unique<FaultyFile>(std::move(*file), scheduler_);
  }

 private:
  class FaultyFile final : public OutputFile {
   public:
    FaultyFile(std::unique_ptr<OutputFile> file, ManualScheduler& scheduler)
        : file_(std::move(file)), scheduler_(scheduler) {}
    Result<void> write(ByteView data) override {
      if (scheduler_.one_in(12)) throw std::bad_alloc();
      return file_->write(data);
    }
    Result<void> publish(bool replace) override {
      if (scheduler_.one_in(12)) return fail(Stage::write, ErrorCode::io, {}, "cannot put it in place");
      return file_->publish(replace);
    }

   private:
    std::unique_ptr<OutputFile> file_;
    ManualScheduler& scheduler_;
  };

  Io& io_;
  ManualScheduler& scheduler_;
};

TEST_F(AsyncJobTest, OverAnOrdinaryIoFaultsAndExceptionsFailTheirOwnRenditionsOnly) {
  std::size_t failed = 0;
  for (unsigned seed = 0; seed < 300; ++seed) {
    ManualScheduler scheduler(seed);
    const TempFolder out;
    const auto io = *PosixIo::open(out.path());
    FaultyIo faulty(*io, scheduler);
    const auto tasks = plan_tasks(job_, scheduler.one_in(2) ? Grain::source : Grain::rendition, 1);
    RecordingSink sink;
    CancelToken cancel;
    ThreadedIo threaded(scheduler, faulty);
    AsyncJob async(job_, tasks, {scheduler, scheduler, threaded}, {2, 2, 3}, sink, cancel);
    std::size_t steps_left = scheduler.one_in(2) ? scheduler.number(200) : 100'000;
    const bool ended = scheduler.run(async.run(), [&] {
      if (steps_left == 0) cancel.request();
      if (steps_left > 0) --steps_left;
    });
    ASSERT_TRUE(ended) << "seed " << seed;
    expect_each_once(tasks, sink, seed);
    EXPECT_EQ(sink.done + sink.failed + sink.not_done, 10U) << "seed " << seed;
    expect_whole_files(out, sink, seed);
    failed += sink.failed;
  }
  EXPECT_GT(failed, 300U);
}

TEST_F(AsyncJobTest, WhatIsThereAlreadyIsSkippedAndItsSourceNotReadWhereAllIs) {
  job_.on_exists = OnExists::skip;
  for (unsigned seed = 0; seed < 100; ++seed) {
    ManualScheduler scheduler(seed);
    const TempFolder out;
    const auto io = *PosixIo::open(out.path());
    std::set<std::string> there;
    for (const auto& [name, content] : expected_) {
      if (!scheduler.one_in(2)) continue;
      out.write(name, "old");
      there.insert(name);
    }
    const auto tasks = plan_tasks(job_, scheduler.one_in(2) ? Grain::source : Grain::rendition, 1);
    RecordingSink sink;
    const CancelToken never;
    CallingIo calling(scheduler, *io->native_folder());
    std::size_t reads = 0;
    scheduler.call_begins = [&](const FileCall& call) {
      reads += call.kind == FileCall::Kind::open && call.descriptor == AT_FDCWD ? 1 : 0;
    };
    AsyncJob async(job_, tasks, {scheduler, scheduler, calling}, {2, 2, 2}, sink, never);
    ASSERT_TRUE(scheduler.run(async.run()));
    expect_each_once(tasks, sink, seed);
    EXPECT_EQ(sink.skipped, there.size());
    EXPECT_EQ(sink.done, expected_.size() - there.size());
    std::size_t incomplete = 0;
    for (const Source& source : job_.sources) {
      std::size_t found = 0;
      for (const Rendition& rendition : job_.renditions)
        found += there.count(*job_.name.expand(source, rendition, {}));
      incomplete += found < 2 ? 1 : 0;
    }
    EXPECT_EQ(reads, incomplete);
    for (const auto& [name, content] : contents(out)) {
      EXPECT_EQ(content, there.contains(name) ? "old" : expected_.at(name)) << name;
    }
  }
}

}  // namespace
}  // namespace labday
