// A process that is killed at any call on files that a mode makes through its ring, or whose calls fail, and
// what a second run finds. The ring's calls are no system calls, so the fault layer is the seam at which they
// are made: the process ends where the call would have begun, with all that was begun before it in any state;
// or the call is answered as a full disk, a broken one or a system that is short of something would.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "modes/async_job.h"
#include "modes/mode_lab.h"
#include "pipeline/journal_index.h"
#include "pipeline/plan.h"
#include "pipeline/posix_io.h"
#include "pipeline/resume.h"
#include "pipeline/temporaries.h"
#include "support/manual_async.h"
#include "support/pictures.h"
#include "support/temp_folder.h"

namespace labday {
namespace {

using testing::ManualScheduler;
using testing::TempFolder;

class NoSink final : public ResultSink {
 public:
  void deliver(TaskResult result) override {
    failed += result.failed;
    done += result.done;
    errors.insert(errors.end(), result.errors.begin(), result.errors.end());
  }
  std::uint32_t failed = 0;
  std::uint32_t done = 0;
  std::vector<Error> errors;
};

class JournalFault : public ::testing::TestWithParam<Journalling> {
 protected:
  JournalFault() {
    testing::write_pictures(in_, 2);
    in_.write("deep/er/a.png", testing::png_bytes({9, 14}, PixelFormat::rgba, 4));
    job_ = testing::make_job(in_.path(), reference_.path(), {"50", "150"});
    const auto io = PosixIo::open(reference_.path());
    InlineForEach for_each;
    for (const Task& task : plan_tasks(job_, Grain::source, 1)) {
      EXPECT_EQ(run_task(job_, task, **io, for_each, {}).done, 2U);
    }
    expected_ = testing::contents(reference_);
    job_.journalling = GetParam();
  }

  /// Executes the job in a process that ends at its call number `fatal`; true where it came so far.
  bool killed_at(const TempFolder& out, unsigned seed, int fatal) {
    const pid_t child = ::fork();
    if (child == 0) {
      int calls = 0;
      ManualScheduler scheduler(seed);
      scheduler.answer = [&](const FileCall& call) {
        if (calls++ == fatal) ::raise(SIGKILL);
        return execute(call);
      };
      NoSink sink;
      const CancelToken never;
      const auto io = *PosixIo::open(out.path(), job_.journalling);
      CallingIo calling(scheduler, *io->native_folder());
      const auto tasks = plan_tasks(job_, Grain::source, 1);
      AsyncJob async(job_, tasks, {scheduler, scheduler, calling}, {2, 2, 3}, sink, never);
      const bool ended = scheduler.run(async.run());
      ::_exit(ended && sink.failed == 0 && io->settle() ? 0 : 1);
    }
    int status = -1;
    ::waitpid(child, &status, 0);
    if (WIFSIGNALED(status)) return true;
    EXPECT_EQ(status, 0);
    return false;
  }

  /// Executes the job, with calls answered by `answer` where it has one; what became of it.
  void run_with(const TempFolder& out, unsigned seed,
                const std::function<std::optional<FileAnswer>(const FileCall&)>& answer, NoSink& sink,
                Result<void>& settled) {
    ManualScheduler scheduler(seed);
    scheduler.answer = [&](const FileCall& call) {
      const auto given = answer(call);
      return given ? *given : execute(call);
    };
    const CancelToken never;
    const auto io = *PosixIo::open(out.path(), job_.journalling);
    CallingIo calling(scheduler, *io->native_folder());
    const auto tasks = plan_tasks(job_, Grain::source, 1);
    AsyncJob async(job_, tasks, {scheduler, scheduler, calling}, {2, 2, 3}, sink, never);
    EXPECT_TRUE(scheduler.run(async.run()));
    settled = io->settle();
  }

  void expect_whole(const TempFolder& out) const {
    for (const auto& [name, content] : testing::contents(out)) {
      if (name.starts_with(".labday/") || name.find(".labday-tmp-") != std::string::npos) continue;
      const auto found = expected_.find(name);
      EXPECT_TRUE(found != expected_.end() && found->second == content) << name << " is not whole";
    }
  }

  /// A second run, as the command line makes it.
  void resume(const TempFolder& out) {
    job_.output_folder = out.path();
    const auto index = JournalIndex::load(job_.output_folder);
    ASSERT_TRUE(index);
    TemporarySweep sweep(job_.output_folder, index->dead(), index->alive());
    const ResumePlan plan = plan_resume(job_, whole_sources(job_), *index, {},
                                        [&](const std::string& name) { sweep.visit(name); });
    EXPECT_TRUE(plan.foreign.empty()) << plan.foreign.front();
    const auto io = *PosixIo::open(out.path(), job_.journalling);
    InlineForEach for_each;
    for (const Task& task : plan.tasks) {
      EXPECT_EQ(run_task(job_, task, *io, for_each, {}).failed, 0U);
    }
    EXPECT_TRUE(io->settle());
    auto files = testing::contents(out);
    std::erase_if(files, [](const auto& file) { return file.first.starts_with(".labday/"); });
    EXPECT_EQ(files, expected_);
    const auto after = JournalIndex::load(job_.output_folder);
    ASSERT_TRUE(after);
    const ResumePlan nothing = plan_resume(job_, whole_sources(job_), *after, {}, [](const std::string&) {});
    EXPECT_TRUE(nothing.tasks.empty());
  }

  TempFolder in_;
  TempFolder reference_;
  Job job_;
  std::map<std::string, std::string> expected_;
};

TEST_P(JournalFault, KilledAtAnyCallNothingIsLostAndTheRestIsDone) {
  for (unsigned seed = 0; seed < 2; ++seed) {
    int kills = 0;
    for (int fatal = 0;; ++fatal) {
      const TempFolder out;
      const bool killed = killed_at(out, seed, fatal);
      expect_whole(out);
      resume(out);
      if (HasFailure()) FAIL() << "seed " << seed << ", call " << fatal;
      if (!killed) break;
      ++kills;
    }
    // Three sources: open, status, twice read, close; six renditions: open, write, status, close, intent,
    // rename, done
    EXPECT_GE(kills, 3 * 5 + 6 * 7);
  }
}

bool may_fail(const FileCall& call, int error_number) {
  switch (call.kind) {
    case FileCall::Kind::remove:  // nobody could clean up then
    case FileCall::Kind::close:   // has closed it all the same
      return false;
    case FileCall::Kind::read:
    case FileCall::Kind::status:
    case FileCall::Kind::sync:
      return error_number == EIO;
    case FileCall::Kind::open:
      return error_number != EDQUOT || (call.flags & O_CREAT) != 0;
    default:
      return error_number != EMFILE;
  }
}

TEST_P(JournalFault, WhateverCallFailsTheOthersAreDoneItIsSaidAndTheRestIsDoneLater) {
  for (const int error_number : {ENOSPC, EDQUOT, EIO, EROFS, EMFILE, ENOMEM}) {
    const Error wanted = system_error(Stage::write, error_number, {}, "");
    int failures = 0;
    for (int failing = 0;; ++failing) {
      const TempFolder out;
      NoSink sink;
      Result<void> settled;
      int calls = 0;
      bool came = false;
      run_with(
          out, 5,
          [&](const FileCall& call) -> std::optional<FileAnswer> {
            if (!may_fail(call, error_number) || calls++ != failing) return std::nullopt;
            came = true;
            return -error_number;
          },
          sink, settled);
      if (!came) break;
      expect_whole(out);
      EXPECT_EQ(sink.done + sink.failed, 6U);
      // Of a folder or a source two depend on it; once a sync of the journal fails, all that follow.
      if (GetParam() == Journalling::on) {
        EXPECT_GE(sink.done, 4U);
      }
      EXPECT_TRUE(sink.failed > 0 || !settled) << "call " << failing << ": " << std::strerror(error_number);
      for (const Error& error : sink.errors) {
        EXPECT_EQ(error.code, wanted.code) << to_line(error);
        EXPECT_FALSE(error.path.empty());
      }
      ++failures;
      resume(out);
      if (HasFailure()) FAIL() << "call " << failing << ": " << std::strerror(error_number);
    }
    EXPECT_GE(failures, 6) << std::strerror(error_number);
  }
}

TEST_P(JournalFault, ADiskThatStaysFullIsResumedOnceItIsNot) {
  for (int room = 0; room < 12; ++room) {
    const TempFolder out;
    NoSink sink;
    Result<void> settled;
    int writes = 0;
    run_with(
        out, 7,
        [&](const FileCall& call) -> std::optional<FileAnswer> {
          if (call.kind != FileCall::Kind::write || writes++ < room) return std::nullopt;
          return -ENOSPC;
        },
        sink, settled);
    EXPECT_TRUE(sink.failed > 0 || !settled);
    for (const Error& error : sink.errors) EXPECT_EQ(error.code, ErrorCode::no_space) << to_line(error);
    expect_whole(out);
    resume(out);
    if (HasFailure()) FAIL() << "room for " << room;
  }
}

INSTANTIATE_TEST_SUITE_P(Journal, JournalFault, ::testing::Values(Journalling::on, Journalling::durable),
                         [](const auto& parameter) {
                           return parameter.param == Journalling::on ? "on" : "durable";
                         });

}  // namespace
}  // namespace labday
