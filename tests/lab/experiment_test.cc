#include "lab/experiment.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>

#include "lab/random.h"
#include "lab/summary.h"
#include "support/temp_folder.h"

namespace labday {
namespace {

using testing::TempFolder;

/// Plays rounds without a process: writes the files that its script says.
class FakeRunner final : public RoundRunner {
 public:
  /// What one round does; `turn` counts the rounds of its mode, the warm-up included.
  using Script = std::function<Result<RoundResult>(FakeRunner&, const RoundRequest&, int turn)>;

  explicit FakeRunner(Script script) : script_(std::move(script)) {}

  Result<RoundResult> run(const RoundRequest& request, const CancelToken&) override {
    EXPECT_TRUE(std::filesystem::is_empty(request.job.output_folder))
        << "not emptied before " << request.mode;
    order.push_back(request.mode);
    return script_(*this, request, turns_[request.mode]++);
  }

  /// Writes files of these names, each with the content `content` + name.
  RoundResult write(const RoundRequest& request, const std::vector<std::string>& names,
                    const std::string& content = "pixels of ") {
    RoundResult result;
    for (const std::string& name : names) {
      std::ofstream(request.job.output_folder + "/" + name) << content << name;
    }
    result.totals.renditions.done = names.size();
    result.wall = std::chrono::seconds(order.size());
    return result;
  }

  std::vector<std::string> order;

 private:
  Script script_;
  std::map<std::string, int> turns_;
};

const std::vector<std::string> kFiles{"a.png", "b.png"};

Result<RoundResult> works(FakeRunner& runner, const RoundRequest& request, int) {
  return runner.write(request, kFiles);
}

class ExperimentTest : public ::testing::Test {
 protected:
  ExperimentTest() : scratch_(Scratch::create(parent_.path().string(), 0).value()) {
    plan_.modes = {"base", "left", "right"};
    plan_.baseline = "base";
    plan_.rounds = 3;
    plan_.workers = 2;
  }

  Result<ExperimentResult> run(FakeRunner& runner) {
    ExperimentHooks hooks;
    hooks.round_begins = [&](const RoundPosition& position) { positions_.push_back(position); };
    hooks.round_ended = [&](const ExperimentResult& result) { saved_.push_back(result); };
    hooks.now = [&] { return now_; };
    return run_experiment(plan_, runner, scratch_, hooks, cancel_);
  }

  TempFolder parent_;
  Scratch scratch_;
  ExperimentPlan plan_;
  CancelToken cancel_;
  std::vector<RoundPosition> positions_;
  std::vector<ExperimentResult> saved_;
  Clock::time_point now_{};
};

TEST_F(ExperimentTest, WarmsUpAndThenGivesEveryModeOneTurnABlockAndTheBaselineTwo) {
  FakeRunner runner(works);
  ASSERT_TRUE(run(runner).has_value());
  ASSERT_EQ(runner.order.size(), 13U);
  EXPECT_EQ(runner.order[0], "base");
  for (int block = 0; block < 3; ++block) {
    std::multiset<std::string> block_modes(runner.order.begin() + 1 + 4 * block,
                                           runner.order.begin() + 5 + 4 * block);
    EXPECT_EQ(block_modes, (std::multiset<std::string>{"base", "base", "left", "right"})) << block;
  }
}

TEST_F(ExperimentTest, RecordsTheOrderAndRepeatsItFromTheSameSeed) {
  plan_.rounds = 8;
  const auto order_from = [&](std::uint64_t seed) {
    plan_.seed = seed;
    FakeRunner runner(works);
    const Result<ExperimentResult> result = run(runner);
    EXPECT_EQ(result->order.size(), 32U);
    for (std::size_t i = 0; i < result->order.size(); ++i) {
      EXPECT_EQ(result->order[i].mode, runner.order[i + 1]);
      EXPECT_EQ(result->order[i].block, static_cast<int>(i / 4) + 1);
      EXPECT_EQ(result->order[i].position, static_cast<int>(i % 4) + 1);
      EXPECT_TRUE(!result->order[i].control || result->order[i].mode == "base");
    }
    return result->order;
  };
  EXPECT_EQ(order_from(1), order_from(1));
  EXPECT_NE(order_from(1), order_from(2));
}

TEST_F(ExperimentTest, SaysWhichRoundIsAboutToBegin) {
  FakeRunner runner(works);
  ASSERT_TRUE(run(runner).has_value());
  ASSERT_EQ(positions_.size(), 13U);
  EXPECT_EQ(positions_[0].round, 0);
  EXPECT_EQ(positions_[0].step, 1);
  EXPECT_EQ(positions_[0].steps, 13);
  EXPECT_EQ(positions_[5].mode, runner.order[5]);
  EXPECT_EQ(positions_[5].round, 2);
  EXPECT_EQ(positions_[5].rounds, 3);
  EXPECT_EQ(positions_[12].step, 13);
}

TEST_F(ExperimentTest, RecordsEveryRoundUnderItsModeAndTheControlApart) {
  FakeRunner runner(works);
  const Result<ExperimentResult> result = run(runner);
  ASSERT_TRUE(result.has_value());
  ASSERT_EQ(result->modes.size(), 3U);
  EXPECT_EQ(result->modes[1].mode, "left");
  EXPECT_EQ(result->control.size(), 3U);
  // The fake's time is the number of rounds so far, the warm-up's being 1.
  for (std::size_t i = 0; i < result->order.size(); ++i) {
    const Turn& turn = result->order[i];
    const auto block = static_cast<std::size_t>(turn.block - 1);
    const std::size_t mode = turn.mode == "base" ? 0 : turn.mode == "left" ? 1 : 2;
    const auto& slot = turn.control ? result->control.at(block) : result->modes[mode].rounds.at(block);
    ASSERT_TRUE(slot.has_value()) << i;
    EXPECT_EQ(slot->wall, std::chrono::seconds(i + 2)) << turn.mode;
  }
  EXPECT_EQ(result->files, 2U);
  EXPECT_EQ(result->bytes, 30U);
  EXPECT_EQ(result->hash.size(), 32U);
  EXPECT_EQ(result->verified_rounds, 9) << "the control counts for no mode";
  EXPECT_TRUE(result->failures.empty());
  EXPECT_FALSE(result->disagreement.has_value());
  EXPECT_EQ(result->ended, Ended::rounds);
  EXPECT_TRUE(result->complete());
}

TEST_F(ExperimentTest, HandsOverWhatThereIsAfterEveryRound) {
  FakeRunner runner(works);
  ASSERT_TRUE(run(runner).has_value());
  ASSERT_EQ(saved_.size(), 12U);
  for (std::size_t i = 0; i < saved_.size(); ++i) {
    EXPECT_EQ(saved_[i].order.size(), i + 1);
    EXPECT_FALSE(saved_[i].complete());
  }
  EXPECT_EQ(saved_.back().verified_rounds, 9);
}

TEST_F(ExperimentTest, BeginsNoBlockForWhichThereIsNoTime) {
  plan_.rounds = 100;
  plan_.max_time = std::chrono::seconds(35);
  FakeRunner runner([&](FakeRunner& self, const RoundRequest& request, int turn) {
    now_ += std::chrono::seconds(2);  // so the warm-up ends at 2, and the blocks at 10, 18, 26 and 34
    return works(self, request, turn);
  });
  const Result<ExperimentResult> result = run(runner);
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->modes[0].rounds.size(), 4U);
  EXPECT_EQ(result->ended, Ended::time);
  EXPECT_TRUE(result->complete());
}

TEST_F(ExperimentTest, TheFirstBlockTakesPlaceHoweverShortTheTime) {
  plan_.max_time = std::chrono::seconds(1);
  FakeRunner runner([&](FakeRunner& self, const RoundRequest& request, int turn) {
    now_ += std::chrono::seconds(2);
    return works(self, request, turn);
  });
  const Result<ExperimentResult> result = run(runner);
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->verified_rounds, 3);
  EXPECT_EQ(result->ended, Ended::time);
}

TEST_F(ExperimentTest, GoesOnUntilEveryRatioIsAsPreciseAsWanted) {
  plan_.precision = 0.02;
  plan_.rounds = 10;
  Random random(3);
  FakeRunner runner([&](FakeRunner& self, const RoundRequest& request, int) -> Result<RoundResult> {
    RoundResult result = self.write(request, kFiles);
    // A spread of 2 %: the interval of a ratio of n rounds is about 2 · 2 · 2 % · √(2/n) wide.
    result.wall = std::chrono::milliseconds(1000 + static_cast<int>(random.below(70)));
    return result;
  });
  const Result<ExperimentResult> result = run(runner);
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->ended, Ended::precision);
  EXPECT_GT(result->modes[0].rounds.size(), 20U);
  EXPECT_LT(result->modes[0].rounds.size(), 100U);
  EXPECT_TRUE(precise(plan_, *result));
  EXPECT_EQ(positions_.back().rounds, 0) << "the number of rounds is not known before";
  // Looks at 10, 13, 17, 22, 28, 35, 44, 55, 69, 87.
  const std::set<std::size_t> looks{22, 28, 35, 44, 55, 69, 87};
  EXPECT_TRUE(looks.contains(result->modes[0].rounds.size())) << result->modes[0].rounds.size();
}

TEST_F(ExperimentTest, GivesEveryRoundTheSameJobInTheScratchFolder) {
  plan_.job.output_folder = "/elsewhere";
  plan_.job.renditions.resize(2);
  plan_.grain = Grain::rendition;
  FakeRunner runner([&](FakeRunner& self, const RoundRequest& request, int turn) {
    EXPECT_EQ(request.job.output_folder, scratch_.folder());
    EXPECT_EQ(request.job.renditions.size(), 2U);
    EXPECT_EQ(request.grain, Grain::rendition);
    EXPECT_EQ(request.workers, 2);
    return works(self, request, turn);
  });
  ASSERT_TRUE(run(runner).has_value());
}

TEST_F(ExperimentTest, StopsAtTheFirstFileThatDiffers) {
  FakeRunner runner([](FakeRunner& self, const RoundRequest& request, int turn) -> Result<RoundResult> {
    const bool wrong = request.mode == "right" && turn == 1;
    return self.write(request, kFiles, wrong ? "PIXELS of " : "pixels of ");
  });
  const Result<ExperimentResult> result = run(runner);
  ASSERT_TRUE(result.has_value());
  ASSERT_TRUE(result->disagreement.has_value());
  EXPECT_EQ(result->disagreement->mode, "right");
  EXPECT_EQ(result->disagreement->round, 2);
  EXPECT_EQ(result->disagreement->difference.kind, Difference::Kind::differs);
  EXPECT_EQ(result->disagreement->difference.name, "a.png");
  EXPECT_EQ(runner.order.back(), "right");
  EXPECT_EQ(result->order.back().block, 2);
  EXPECT_EQ(result->ended, Ended::disagreement);
  EXPECT_FALSE(result->complete());
}

TEST_F(ExperimentTest, AFileTooManyOrTooFewIsADisagreementWhereTheModeClaimsToBeDone) {
  for (const std::vector<std::string>& files :
       {std::vector<std::string>{"a.png", "b.png", "c.png"}, std::vector<std::string>{"a.png"}}) {
    FakeRunner runner([&](FakeRunner& self, const RoundRequest& request, int) -> Result<RoundResult> {
      RoundResult result = self.write(request, request.mode == "left" ? files : kFiles);
      result.totals.renditions.done = 2;
      return result;
    });
    const Result<ExperimentResult> result = run(runner);
    ASSERT_TRUE(result.has_value());
    ASSERT_TRUE(result->disagreement.has_value());
    EXPECT_EQ(result->disagreement->difference.kind,
              files.size() > 2 ? Difference::Kind::extra : Difference::Kind::missing);
  }
}

TEST_F(ExperimentTest, AModeThatBreaksLosesTheRoundAndTheRestGoesOn) {
  FakeRunner runner([](FakeRunner& self, const RoundRequest& request, int turn) -> Result<RoundResult> {
    RoundResult result = self.write(request, kFiles);  // it leaves files behind all the same
    if (request.mode == "left" && turn == 1) return fail(Stage::plan, ErrorCode::internal, {}, "crashed");
    return result;
  });
  const Result<ExperimentResult> result = run(runner);
  ASSERT_TRUE(result.has_value());
  ASSERT_EQ(result->failures.size(), 1U);
  EXPECT_EQ(result->failures[0].mode, "left");
  EXPECT_EQ(result->failures[0].round, 2);
  EXPECT_EQ(result->failures[0].error.detail, "crashed");
  EXPECT_FALSE(result->modes[1].rounds[1].has_value());
  EXPECT_TRUE(result->modes[1].rounds[2].has_value());
  EXPECT_EQ(result->verified_rounds, 8);
}

TEST_F(ExperimentTest, ABaselineThatBreaksInItsSecondTurnLosesOnlyThat) {
  int baselines = 0;
  FakeRunner runner([&](FakeRunner& self, const RoundRequest& request, int) -> Result<RoundResult> {
    RoundResult result = self.write(request, kFiles);
    if (request.mode == "base" && ++baselines % 2 == 0) {
      return fail(Stage::plan, ErrorCode::internal, {}, "crashed");
    }
    return result;
  });
  const Result<ExperimentResult> result = run(runner);
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->failures.size(), 3U);
  int lost = 0;
  for (std::size_t block = 0; block < 3; ++block) {
    lost += result->control[block].has_value() ? 0 : 1;
    lost += result->modes[0].rounds[block].has_value() ? 0 : 1;
  }
  EXPECT_EQ(lost, 3);
}

TEST_F(ExperimentTest, AModeThatAdmitsToFailuresLosesTheRoundAndNotTheProof) {
  FakeRunner runner([](FakeRunner& self, const RoundRequest& request, int) -> Result<RoundResult> {
    if (request.mode != "right") return self.write(request, kFiles);
    RoundResult result = self.write(request, {"a.png"});
    result.totals.renditions.failed = 1;
    result.totals.errors = {{Stage::encode, ErrorCode::out_of_memory, "b.jpg", "no memory"}};
    return result;
  });
  const Result<ExperimentResult> result = run(runner);
  ASSERT_TRUE(result.has_value());
  EXPECT_FALSE(result->disagreement.has_value());
  ASSERT_EQ(result->failures.size(), 3U);
  EXPECT_EQ(result->failures[0].error.code, ErrorCode::out_of_memory);
  EXPECT_EQ(result->failures[0].error.path, "b.jpg");
  EXPECT_EQ(result->failures[0].error.detail, "1 renditions done, but 2 in base mode: no memory");
}

TEST_F(ExperimentTest, AdmittedFailuresDoNotExcuseWrongFiles) {
  FakeRunner runner([](FakeRunner& self, const RoundRequest& request, int) -> Result<RoundResult> {
    if (request.mode != "right") return self.write(request, kFiles);
    RoundResult result = self.write(request, {"b.png"}, "wrong ");
    result.totals.renditions.failed = 1;
    return result;
  });
  const Result<ExperimentResult> result = run(runner);
  ASSERT_TRUE(result.has_value());
  ASSERT_TRUE(result->disagreement.has_value());
  EXPECT_EQ(result->disagreement->difference.name, "b.png");
}

TEST_F(ExperimentTest, SourcesThatFailInEveryModeAreNoObstacle) {
  FakeRunner runner([](FakeRunner& self, const RoundRequest& request, int) -> Result<RoundResult> {
    RoundResult result = self.write(request, kFiles);
    result.totals.renditions.failed = 5;
    result.totals.errors = {{Stage::decode, ErrorCode::corrupt, "bad.jpg", "broken"}};
    return result;
  });
  const Result<ExperimentResult> result = run(runner);
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->verified_rounds, 9);
  EXPECT_EQ(result->reference.renditions.failed, 5U);
  ASSERT_EQ(result->reference.errors.size(), 1U);
  EXPECT_EQ(result->reference.errors[0].path, "bad.jpg");
}

TEST_F(ExperimentTest, WithoutASingleFileThereIsNothingToTime) {
  FakeRunner runner([](FakeRunner& self, const RoundRequest& request, int) -> Result<RoundResult> {
    return self.write(request, {});
  });
  const Result<ExperimentResult> result = run(runner);
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(runner.order.size(), 1U);
  EXPECT_EQ(result->verified_rounds, 0);
  EXPECT_EQ(result->ended, Ended::nothing);
}

TEST_F(ExperimentTest, EndsWhereTheBaselineCannotRun) {
  FakeRunner runner([](FakeRunner&, const RoundRequest&, int) -> Result<RoundResult> {
    return fail(Stage::plan, ErrorCode::internal, {}, "crashed");
  });
  const Result<ExperimentResult> result = run(runner);
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().detail, "base mode, warm-up: crashed");
}

TEST_F(ExperimentTest, EndsWhereTheDiskFillsUpInTheWarmUp) {
  FakeRunner runner([](FakeRunner& self, const RoundRequest& request, int) -> Result<RoundResult> {
    RoundResult result = self.write(request, kFiles);
    result.totals.errors = {{Stage::write, ErrorCode::no_space, "c.jpg", "full"}};
    return result;
  });
  const Result<ExperimentResult> result = run(runner);
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, ErrorCode::no_space);
}

TEST_F(ExperimentTest, KeepsTheRoundsBeforeACancellation) {
  FakeRunner runner([&](FakeRunner& self, const RoundRequest& request, int turn) -> Result<RoundResult> {
    if (request.mode == "left" && turn == 1) {
      cancel_.request();
      return fail(Stage::plan, ErrorCode::cancelled, {}, "stopped");
    }
    return self.write(request, kFiles);
  });
  const Result<ExperimentResult> result = run(runner);
  ASSERT_TRUE(result.has_value());
  EXPECT_TRUE(result->ended == Ended::cancelled);
  EXPECT_TRUE(result->failures.empty());
  EXPECT_EQ(runner.order.back(), "left");
  EXPECT_EQ(result->order.back().block, 2);
  const int control = result->control[1].has_value() ? 1 : 0;
  EXPECT_EQ(result->verified_rounds, static_cast<int>(runner.order.size()) - 3 - control)
      << "all but the warm-up, the control's and the one that was stopped";
  EXPECT_FALSE(result->complete());
}

TEST_F(ExperimentTest, StopsBetweenRoundsOnACancellation) {
  FakeRunner runner([&](FakeRunner& self, const RoundRequest& request, int turn) -> Result<RoundResult> {
    if (request.mode == "right") cancel_.request();  // noticed only after the round is done
    return works(self, request, turn);
  });
  const Result<ExperimentResult> result = run(runner);
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->ended, Ended::cancelled);
  EXPECT_EQ(runner.order.back(), "right");
  EXPECT_TRUE(result->modes[2].rounds[0].has_value());
}

TEST_F(ExperimentTest, ComparesWithABaselineThatIsNotTimed) {
  plan_.modes = {"left"};
  plan_.rounds = 1;
  FakeRunner runner(works);
  const Result<ExperimentResult> result = run(runner);
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(runner.order, (std::vector<std::string>{"base", "left"}));
  EXPECT_EQ(result->verified_rounds, 1);
  EXPECT_TRUE(result->control.empty());
}

TEST_F(ExperimentTest, LeavesTheScratchFolderEmpty) {
  FakeRunner runner(works);
  ASSERT_TRUE(run(runner).has_value());
  EXPECT_TRUE(std::filesystem::is_empty(scratch_.folder()));
}

}  // namespace
}  // namespace labday
