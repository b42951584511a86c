#include "lab/round.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "lab/manifest.h"
#include "support/pictures.h"

namespace labday {
namespace {

using testing::TempFolder;

/// Makes the children of a test misbehave.
class Misbehaviour {
 public:
  explicit Misbehaviour(const char* behaviour) { ::setenv("LABDAY_TEST_CHILD", behaviour, 1); }
  ~Misbehaviour() { ::unsetenv("LABDAY_TEST_CHILD"); }
  Misbehaviour(const Misbehaviour&) = delete;
  Misbehaviour& operator=(const Misbehaviour&) = delete;
};

class Round : public ::testing::Test {
 protected:
  Round() { testing::write_pictures(sources_, 4); }

  Result<RoundResult> run(const std::string& mode, Grain grain = Grain::source) {
    ChildRoundRunner runner(TEST_CHILD);
    return runner.run({testing::make_job(sources_.path().string(), output_.path().string()), mode, grain, 2},
                      cancel_);
  }

  /// The error of a round whose child misbehaves.
  std::string error_of(const char* behaviour) {
    const Misbehaviour misbehaviour(behaviour);
    const Result<RoundResult> result = run("blocking");
    return result ? "none" : std::string(name(result.error().code)) + ": " + result.error().detail;
  }

  TempFolder sources_;
  TempFolder output_;
  CancelToken cancel_;
};

TEST_F(Round, ExecutesTheJobInAnotherProcessAndMeasuresIt) {
  const Result<RoundResult> result = run("blocking");
  ASSERT_TRUE(result.has_value()) << to_line(result.error());
  EXPECT_EQ(result->totals.renditions, (Counts{12, 0, 0, 0}));
  EXPECT_EQ(result->totals.sources, (Counts{4, 0, 0, 0}));
  EXPECT_EQ(output_.files().size(), 12U);
  EXPECT_GT(result->wall.count(), 0);
  EXPECT_GE(result->start.count(), 0);
  EXPECT_GT(result->cpu.count(), 0);
  EXPECT_GT(result->peak_memory_bytes, 500'000U);
  EXPECT_GT(result->totals.stage_times[static_cast<std::size_t>(Stage::encode)].count(), 0);
  EXPECT_EQ(result->totals.bytes_written, read_manifest(output_.path().string())->bytes());
}

TEST_F(Round, HasNoMoreCpuTimeThanWallTimeWithOneThread) {
  const Result<RoundResult> result = run("blocking");
  ASSERT_TRUE(result.has_value()) << to_line(result.error());
  // The two clocks are not the same one.
  EXPECT_LE(result->cpu.count(), result->wall.count() + result->wall.count() / 50);
}

TEST_F(Round, CountsTheCpuTimeOfWorkersThatAreProcesses) {
  ChildRoundRunner runner(TEST_CHILD);
  RoundRequest request{testing::make_job(sources_.path().string(), output_.path().string()),
                       "multiprocessing", Grain::source, 2};
  request.job.records = true;
  const Result<RoundResult> result = runner.run(request, cancel_);
  ASSERT_TRUE(result.has_value()) << to_line(result.error());
  ASSERT_TRUE(result->record && result->record->workers.cpu);
  EXPECT_GT(result->record->workers.cpu->count(), 0);
  EXPECT_GE(result->cpu, *result->record->workers.cpu);
}

TEST_F(Round, UsesTheWorkersOfTheSpecOrElseOfTheRequest) {
  const Result<RoundResult> own = run("threads:workers=3", Grain::rendition);
  ASSERT_TRUE(own.has_value()) << to_line(own.error());
  EXPECT_EQ(own->workers, 3);
  std::filesystem::remove_all(output_.path());
  const Result<RoundResult> given = run("threads");
  ASSERT_TRUE(given.has_value()) << to_line(given.error());
  EXPECT_EQ(given->workers, 2);
}

TEST_F(Round, BringsBackTheErrorsOfBadSources) {
  sources_.write("0000.png", "no image");
  const Result<RoundResult> result = run("blocking");
  ASSERT_TRUE(result.has_value()) << to_line(result.error());
  EXPECT_EQ(result->totals.sources, (Counts{3, 0, 1, 0}));
  EXPECT_EQ(result->totals.error_count, 1U);
  ASSERT_EQ(result->totals.errors.size(), 1U);
  EXPECT_EQ(result->totals.errors[0].code, ErrorCode::unknown_format);
  EXPECT_EQ(result->totals.errors[0].path, sources_ / "0000.png");
}

TEST_F(Round, BringsBackWhyAModeCannotBeMade) {
  const Result<RoundResult> result = run("no-such-mode");
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, ErrorCode::usage);
}

TEST_F(Round, SaysWhyTheOutputCannotBeWritten) {
  const std::string file = sources_.write("a-file", "x");
  ChildRoundRunner runner(TEST_CHILD);
  const Result<RoundResult> result =
      runner.run({testing::make_job(sources_.path().string(), file), "blocking", Grain::source, 1}, cancel_);
  ASSERT_FALSE(result.has_value());
  EXPECT_NE(result.error().code, ErrorCode::internal);
}

TEST_F(Round, SaysWhichSignalEndedTheProcess) {
  EXPECT_EQ(error_of("aborts"), "internal: the process of the round ended with signal 6 (Aborted)");
  EXPECT_EQ(
      error_of("is killed"),
      "out_of_memory: the process of the round was killed, perhaps because the machine ran out of memory");
}

TEST_F(Round, NoticesEveryOtherWayToBreak) {
  EXPECT_EQ(error_of("deaf"), "internal: the process of the round ended with exit status 7");
  EXPECT_EQ(error_of("says nothing"), "internal: the process of the round ended without a result");
  EXPECT_EQ(error_of("damaged"), "corrupt: a message between the processes of a round is damaged");
  EXPECT_EQ(error_of("fails at the end"), "internal: the process of the round ended with exit status 5");
}

TEST_F(Round, ThatHangsCanBeCancelled) {
  cancel_.request();
  EXPECT_EQ(error_of("hangs"), "cancelled: the process of the round was stopped");
}

TEST_F(Round, NeedsAProgram) {
  ChildRoundRunner runner("/no/such/program");
  const Result<RoundResult> result = runner.run({Job{}, "blocking", Grain::source, 1}, cancel_);
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace labday
