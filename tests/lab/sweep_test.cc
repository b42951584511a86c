#include "lab/sweep.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>

#include "lab/sweep_record.h"
#include "support/pictures.h"
#include "support/temp_folder.h"

namespace labday {
namespace {

using testing::TempFolder;

/// Plays rounds without a process: writes a file a source.
class FakeRunner final : public RoundRunner {
 public:
  using Script = std::function<Result<RoundResult>(FakeRunner&, const RoundRequest&)>;
  explicit FakeRunner(Script script = {}) : script_(std::move(script)) {}

  Result<RoundResult> run(const RoundRequest& request, const CancelToken& cancel) override {
    EXPECT_TRUE(std::filesystem::is_empty(request.job.output_folder))
        << "not emptied before " << request.mode;
    for (const Source& source : request.job.sources) EXPECT_TRUE(std::filesystem::exists(source.path));
    requests.push_back(request);
    if (cancel.requested()) return fail(Stage::plan, ErrorCode::cancelled, {}, "stopped");
    return script_ ? script_(*this, request) : write(request);
  }

  static RoundResult write(const RoundRequest& request, const std::string& content = "pixels") {
    RoundResult result;
    for (std::size_t i = 0; i < request.job.sources.size(); ++i) {
      std::ofstream(request.job.output_folder + "/" + std::to_string(i)) << content;
    }
    result.totals.renditions.done = request.job.sources.size();
    result.wall = std::chrono::milliseconds(100 + request.job.sources.size());
    result.workers = request.workers;
    return result;
  }

  std::vector<RoundRequest> requests;

 private:
  Script script_;
};

class SweepTest : public ::testing::Test {
 protected:
  SweepTest() : scratch_(Scratch::create(folder_.path().string(), 0).value()) {
    for (const std::string name : {"a", "b", "c", "d"}) {
      Source source;
      source.path = folder_.write("photos/" + name + ".jpg", "not decoded here " + name);
      source.file_bytes = 18;
      plan_.job.sources.push_back(source);
    }
    plan_.job.renditions.resize(1);
    plan_.sources = {0.5, 1};
    plan_.workers = {1, 2};
    plan_.modes = {{"base", false}, {"left", true}};
    plan_.baseline = "base";
    plan_.rounds = 3;
    plan_.seed = 5;
    blank_ = SweepResult::blank(SweepGrid(plan_));
  }

  /// Each session has its own inputs, as each labday has.
  Result<SweepResult> run(FakeRunner& runner, SweepResult so_far, const CancelToken& cancel = CancelToken()) {
    const Result<Scratch> for_inputs = Scratch::create(folder_.path().string(), 0);
    SweepInputs inputs(plan_, for_inputs->folder());
    SweepHooks hooks;
    hooks.estimated = [&](const SweepEstimate& estimate) { estimates_.push_back(estimate); };
    hooks.round_begins = [&](const SweepPosition& position) { positions_.push_back(position); };
    hooks.round_ended = [&](const SweepResult& result) { saved_.push_back(result); };
    hooks.now = [&] { return now_ += step_; };
    return run_sweep(plan_, std::move(so_far), inputs, runner, scratch_, hooks, cancel);
  }

  TempFolder folder_;
  Scratch scratch_;
  SweepPlan plan_;
  SweepResult blank_;
  std::vector<SweepEstimate> estimates_;
  std::vector<SweepPosition> positions_;
  std::vector<SweepResult> saved_;
  Clock::time_point now_{};
  Nanoseconds step_ = std::chrono::seconds(1);  // that the clock goes on each time it is looked at
};

TEST_F(SweepTest, GivesEveryEntryOneTurnABlockInAnOrderThatFollowsFromTheSeed) {
  FakeRunner runner;
  const Result<SweepResult> result = run(runner, blank_);
  ASSERT_TRUE(result.has_value()) << to_line(result.error());
  EXPECT_EQ(result->ended, Ended::rounds);
  const std::size_t entries = SweepGrid(plan_).entries().size();
  ASSERT_EQ(result->order.size(), 3 * entries);
  for (std::size_t block = 0; block < 3; ++block) {
    std::set<std::size_t> here;
    for (std::size_t i = 0; i < entries; ++i) {
      const SweepTurn& turn = result->order[block * entries + i];
      EXPECT_EQ(turn.block, static_cast<int>(block) + 1);
      EXPECT_EQ(turn.position, static_cast<int>(i) + 1);
      here.insert(turn.entry);
    }
    EXPECT_EQ(here.size(), entries);
  }
  const std::vector<SweepTurn> order = result->order;
  EXPECT_EQ(run(runner, blank_)->order, order);
  plan_.seed = 6;
  EXPECT_NE(run(runner, blank_)->order, order);
}

TEST_F(SweepTest, PlaysEachRoundOnItsJobWithItsWorkers) {
  FakeRunner runner;
  const Result<SweepResult> result = run(runner, blank_);
  ASSERT_TRUE(result.has_value());
  const SweepGrid grid(plan_);
  const std::size_t warm_ups = grid.jobs().size();
  for (std::size_t i = 0; i < result->order.size(); ++i) {
    const SweepEntry& entry = grid.entries()[result->order[i].entry];
    const RoundRequest& request = runner.requests[warm_ups + i];
    EXPECT_EQ(request.mode, plan_.modes[entry.mode].spec);
    EXPECT_EQ(request.workers, plan_.workers[entry.workers]);
    EXPECT_EQ(request.job.sources.size(), grid.jobs()[entry.job].sources == 0 ? 2U : 4U);
    const auto& round =
        result->rounds[result->order[i].entry][static_cast<std::size_t>(result->order[i].block - 1)];
    ASSERT_TRUE(round.has_value());
    EXPECT_EQ(round->wall, std::chrono::milliseconds(100 + request.job.sources.size()));
  }
}

TEST_F(SweepTest, TellsHowLongItWillTakeOnceTheWarmUpsHaveTakenLongEnough) {
  FakeRunner runner;
  ASSERT_TRUE(run(runner, blank_).has_value());
  ASSERT_EQ(estimates_.size(), 1U);
  EXPECT_EQ(estimates_[0].rounds, 3U * SweepGrid(plan_).entries().size());
  EXPECT_EQ(estimates_[0].probed_jobs, 2U) << "a second each, by this clock";
  EXPECT_EQ(estimates_[0].probes, std::chrono::seconds(2));
  EXPECT_EQ(positions_.size(), 2 + estimates_[0].rounds);
  EXPECT_FALSE(positions_[0].entry.has_value());
  EXPECT_EQ(positions_.back().step, positions_.back().steps);
  step_ = std::chrono::seconds(3);
  ASSERT_TRUE(run(runner, blank_).has_value());
  ASSERT_EQ(estimates_.size(), 2U);
  EXPECT_EQ(estimates_[1].probed_jobs, 1U);
}

TEST_F(SweepTest, HandsOverWhatThereIsAfterEveryRoundAndGoesOnFromAnyOfIt) {
  FakeRunner whole;
  const Result<SweepResult> uninterrupted = run(whole, blank_);
  ASSERT_TRUE(uninterrupted.has_value());
  const std::vector<SweepResult> states = saved_;
  ASSERT_EQ(states.size(), 2 + uninterrupted->order.size());
  for (std::size_t i = 0; i < states.size(); ++i) {
    FakeRunner rest;
    const Result<SweepResult> result = run(rest, states[i]);
    ASSERT_TRUE(result.has_value()) << i;
    EXPECT_EQ(result->order, uninterrupted->order) << i;
    const std::size_t left = uninterrupted->order.size() - states[i].order.size();
    EXPECT_EQ(rest.requests.size(), left == 0 ? 0 : 2 + left) << "nothing is played twice but the warm-ups";
    for (std::size_t entry = 0; entry < result->rounds.size(); ++entry) {
      ASSERT_EQ(result->rounds[entry].size(), 3U);
      for (const auto& round : result->rounds[entry]) EXPECT_TRUE(round.has_value());
    }
  }
}

TEST_F(SweepTest, MoreRoundsOfAFinishedSweepAreAddedToIt) {
  FakeRunner runner;
  const SweepResult first = *run(runner, blank_);
  plan_.rounds = 5;
  FakeRunner more;
  const Result<SweepResult> result = run(more, first);
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->blocks(), 5);
  EXPECT_EQ(more.requests.size(), 2 + 2 * SweepGrid(plan_).entries().size());
  EXPECT_TRUE(std::equal(first.order.begin(), first.order.end(), result->order.begin()));
}

TEST_F(SweepTest, DoesNotGoOnFromTurnsOfAnotherSeed) {
  FakeRunner runner;
  ASSERT_TRUE(run(runner, blank_).has_value());
  plan_.seed = 6;
  const Result<SweepResult> result = run(runner, saved_[5]);
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, ErrorCode::corrupt);
}

TEST_F(SweepTest, DoesNotGoOnWhereTheBaselineMakesOtherFilesThanBefore) {
  FakeRunner runner;
  ASSERT_TRUE(run(runner, blank_).has_value());
  FakeRunner other([](FakeRunner&, const RoundRequest& request) -> Result<RoundResult> {
    return FakeRunner::write(request, "other pixels");
  });
  const Result<SweepResult> result = run(other, saved_[5]);
  ASSERT_FALSE(result.has_value());
  EXPECT_NE(result.error().detail.find("other files"), std::string::npos);
}

TEST_F(SweepTest, EndsAtAFileThatIsNotTheBaselines) {
  FakeRunner runner([](FakeRunner&, const RoundRequest& request) -> Result<RoundResult> {
    const bool wrong = request.mode == "left" && request.workers == 2 && request.job.sources.size() == 4;
    return FakeRunner::write(request, wrong ? "wrong" : "pixels");
  });
  const Result<SweepResult> result = run(runner, blank_);
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->ended, Ended::disagreement);
  ASSERT_TRUE(result->disagreement.has_value());
  const SweepEntry entry = SweepGrid(plan_).entries()[result->disagreement->entry];
  EXPECT_EQ(entry.mode, 1U);
  EXPECT_EQ(entry.workers, 1U);
  EXPECT_EQ(result->disagreement->difference.kind, Difference::Kind::differs);
  // It stays one when it is gone on with.
  FakeRunner again;
  EXPECT_EQ(run(again, *result)->ended, Ended::disagreement);
  EXPECT_TRUE(again.requests.empty());
}

TEST_F(SweepTest, AModeThatBreaksLosesThatRoundOnly) {
  FakeRunner runner([](FakeRunner&, const RoundRequest& request) -> Result<RoundResult> {
    if (request.mode == "left" && request.workers == 2) {
      return fail(Stage::plan, ErrorCode::internal, {}, "its process crashed");
    }
    return FakeRunner::write(request);
  });
  const Result<SweepResult> result = run(runner, blank_);
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->ended, Ended::rounds);
  EXPECT_EQ(result->failures.size(), 6U);
  // A round that failed was played all the same.
  FakeRunner again;
  EXPECT_TRUE(run(again, *result).has_value());
  EXPECT_TRUE(again.requests.empty());
}

TEST_F(SweepTest, StoppedItKeepsWhatThereIsAndGoesOnLater) {
  CancelToken cancel;
  FakeRunner runner([&](FakeRunner& self, const RoundRequest& request) -> Result<RoundResult> {
    if (self.requests.size() == 8) {
      cancel.request();
      return fail(Stage::plan, ErrorCode::cancelled, {}, "stopped");
    }
    return FakeRunner::write(request);
  });
  const Result<SweepResult> result = run(runner, blank_, cancel);
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->ended, Ended::cancelled);
  EXPECT_EQ(result->order.size(), 5U)
      << "two warm-ups and five rounds; the one that was stopped does not count";
  EXPECT_TRUE(std::filesystem::is_empty(scratch_.folder()));
  FakeRunner rest;
  EXPECT_EQ(run(rest, *result)->ended, Ended::rounds);
}

TEST_F(SweepTest, BeginsNoBlockForWhichThereIsNoTime) {
  plan_.max_time = std::chrono::seconds(1);
  FakeRunner runner;
  const Result<SweepResult> result = run(runner, blank_);
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->ended, Ended::time);
  EXPECT_EQ(result->blocks(), 1);
}

TEST_F(SweepTest, SaysWhereNothingCanBeMade) {
  FakeRunner runner([](FakeRunner&, const RoundRequest& request) -> Result<RoundResult> {
    RoundResult result;
    result.totals.renditions.failed = request.job.sources.size();
    return result;
  });
  EXPECT_EQ(run(runner, blank_)->ended, Ended::nothing);
}

TEST_F(SweepTest, IsNotGoneOnWithByAnotherPlanOrOnAnotherMachine) {
  const SweepRecord before = sweep_record(plan_, "hash");
  const auto obstacle = [&](auto change) {
    SweepPlan plan = plan_;
    change(plan);
    const std::vector<std::string> found = obstacles_to_resume(before, sweep_record(plan, "hash"));
    return found.size() == 1 ? found[0] : std::to_string(found.size()) + " obstacles";
  };
  EXPECT_EQ(obstacle([](SweepPlan&) {}), "0 obstacles");
  EXPECT_EQ(obstacle([](SweepPlan& plan) { plan.rounds = 9; }), "0 obstacles");
  EXPECT_EQ(obstacle([](SweepPlan& plan) {
              plan.sources = {1, 2.5};
            }),
            "--sources: now 1x,2.5x, before 0.5x,1x");
  EXPECT_EQ(obstacle([](SweepPlan& plan) { plan.sizes = {2}; }), "--size: now 2x, before 1x");
  EXPECT_EQ(obstacle([](SweepPlan& plan) { plan.workers = {1}; }), "--workers: now 1, before 1,2");
  EXPECT_EQ(obstacle([](SweepPlan& plan) { plan.modes.pop_back(); }), "--modes: now base, before base,left");
  EXPECT_EQ(obstacle([](SweepPlan& plan) { plan.job.renditions[0].width = 800; }),
            "renditions: now 800 px bicubic balanced, before 100 % bicubic balanced");
  EXPECT_EQ(obstacles_to_resume(before, sweep_record(plan_, "other")),
            (std::vector<std::string>{"sources: now 4 with XXH3 other, before 4 with XXH3 hash"}));
  SweepRecord elsewhere = sweep_record(plan_, "hash");
  elsewhere.result.environment.kernel = "Linux 7";
  EXPECT_EQ(obstacles_to_resume(before, elsewhere),
            (std::vector<std::string>{"kernel: now Linux 7, before not known"}));
}

}  // namespace
}  // namespace labday
