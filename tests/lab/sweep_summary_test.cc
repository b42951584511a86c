#include "lab/sweep_summary.h"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

#include "lab/draws.h"
#include "support/sweeps.h"

namespace labday {
namespace {

using testing::crossing_sweep;
using testing::small_grid;
using testing::sweep_with;

const ModeSummary& mode_at(const SweepPointSummary& at, const std::string& mode) {
  for (const ModeSummary& summary : at.summary.modes) {
    if (summary.mode == mode) return summary;
  }
  throw std::out_of_range(mode);
}

TEST(SweepSummary, HoldsTheFiguresOfEveryPoint) {
  const SweepRecord record = crossing_sweep();
  const SweepGrid grid(record.plan);
  const SweepSummary summary = summarise_sweep(record.plan, record.result);
  ASSERT_EQ(summary.points.size(), grid.points().size());
  const SweepPointSummary& at = summary.points[grid.point(grid.job(2, 1), 1)];  // 16 sources, 1x, two workers
  EXPECT_EQ(at.sources, 16U);
  ASSERT_EQ(at.summary.modes.size(), 3U);
  EXPECT_NEAR(mode_at(at, "base").mean_seconds, 3.2, 0.01);
  EXPECT_NEAR(mode_at(at, "fast").mean_seconds, 1.8, 0.01);
  EXPECT_NEAR(mode_at(at, "fast").standing.ratio->value, 1.8 / 3.2, 0.01);
  EXPECT_EQ(mode_at(at, "fast").standing.place, 1);
  EXPECT_EQ(mode_at(at, "slow").standing.place, 3);
  EXPECT_TRUE(at.summary.noise_floor.has_value());
}

TEST(SweepSummary, FindsWhereTwoModesChangePlacesAndOnWhichAxis) {
  const SweepRecord record = crossing_sweep();
  const SweepGrid grid(record.plan);
  const SweepSummary summary = summarise_sweep(record.plan, record.result);
  // Full size: base meets fast at 1 / (0.2 - 0.1) = 10 sources with one worker, at 6.7 with two. At half size
  // neither happens within 16 sources with one worker (40); with two workers it would at 26.7.
  int along_sources = 0;
  for (const Crossover& crossover : summary.crossovers) {
    EXPECT_TRUE(crossover.beyond_noise);
    EXPECT_EQ(crossover.loser, "base");
    EXPECT_EQ(crossover.winner, "fast");
    EXPECT_LE(crossover.interval.low, crossover.at);
    EXPECT_GE(crossover.interval.high, crossover.at);
    if (crossover.axis != SweepAxis::sources) continue;
    ++along_sources;
    EXPECT_EQ(grid.jobs()[crossover.before.job].size, 1U);
    const bool two_workers = crossover.before.workers == 1;
    EXPECT_EQ(crossover.before.workers, crossover.after.workers);
    EXPECT_EQ(record.result.jobs[crossover.before.job].sources, two_workers ? 4U : 8U);
    EXPECT_NEAR(crossover.at, two_workers ? 6.6 : 10.1, 0.6) << "interpolated";
  }
  EXPECT_EQ(along_sources, 2);
  // Along size: 8 sources with two workers, 16 with either. Along workers: 8 sources of full size.
  EXPECT_EQ(summary.crossovers.size(), 2U + 3U + 1U);
}

TEST(SweepSummary, FindsNoCrossoverAmongModesThatAreAlike) {
  const SweepRecord record =
      sweep_with(small_grid(), [](std::size_t, double sources, double size, int) { return sources * size; });
  const SweepSummary summary = summarise_sweep(record.plan, record.result);
  EXPECT_TRUE(summary.crossovers.empty());
}

TEST(SweepSummary, ClaimsACrossoverThatNoiseMadeInLessThanOneSweepInTwenty) {
  // At half size all modes are alike, at full size they differ: one false claim is enough for a false
  // crossover.
  SweepPlan plan = small_grid();
  plan.sources = {1};
  plan.workers = {1};
  plan.rounds = 4;
  for (const char* mode : {"fourth", "fifth", "sixth"}) plan.modes.push_back({mode, true});
  constexpr int kTrials = 200;
  int false_ones = 0;
  Random random(11);
  for (int trial = 0; trial < kTrials; ++trial) {
    SweepRecord record = sweep_with(plan, [](std::size_t, double, double, int) { return 1.0; });
    const SweepGrid grid(plan);
    for (std::size_t place = 0; place < grid.entries().size(); ++place) {
      const SweepEntry& entry = grid.entries()[place];
      const double truth = grid.jobs()[entry.job].size == 0 ? 1 : 1 + 0.3 * static_cast<double>(entry.mode);
      for (auto& round : record.result.rounds[place]) {
        round = testing::round_of(truth * std::exp(0.03 * normal_draw(random)));
      }
    }
    for (const Crossover& crossover : summarise_sweep(plan, record.result).crossovers) {
      if (!crossover.beyond_noise) continue;
      ++false_ones;
      break;
    }
  }
  EXPECT_LE(false_ones, kTrials / 20);
}

TEST(SweepSummary, FitsTheLawsToTheModesThatTakeWorkers) {
  SweepPlan plan = small_grid();
  plan.workers = {1, 2, 4, 8};
  plan.sources = {1};
  plan.sizes = {1};
  const SweepRecord record = sweep_with(plan, [](std::size_t mode, double, double, int workers) {
    const double n = workers;
    return mode == 0 ? 8.0 : 8 * (1 + 0.1 * (n - 1) + (mode == 2 ? 0.02 * n * (n - 1) : 0)) / n;
  });
  const SweepSummary summary = summarise_sweep(record.plan, record.result);
  ASSERT_EQ(summary.scalings.size(), 2U);
  EXPECT_EQ(summary.scalings[0].mode, "fast");
  EXPECT_NEAR(summary.scalings[0].laws.amdahl->serial_share.value, 0.1, 0.01);
  EXPECT_EQ(summary.scalings[1].mode, "slow");
  EXPECT_NEAR(summary.scalings[1].laws.universal->coherency.value, 0.02, 0.002);
}

TEST(SweepSummary, OfAnInterruptedSweepHasThePointsThatWerePlayed) {
  SweepRecord record = crossing_sweep();
  SweepResult& result = record.result;
  for (std::size_t entry = 0; entry < result.rounds.size(); ++entry) {
    for (std::size_t block = entry < 5 ? 1 : 0; block < 3; ++block) result.rounds[entry][block].reset();
  }
  const SweepSummary summary = summarise_sweep(record.plan, result);
  EXPECT_FALSE(summary.points.front().summary.modes.empty());
  EXPECT_TRUE(summary.points.back().summary.modes.empty());
  EXPECT_TRUE(summary.crossovers.empty());
}

TEST(SweepSummary, SaysNothingAfterADisagreement) {
  SweepRecord record = crossing_sweep();
  record.result.disagreement = SweepDisagreement{0, 1, {}};
  EXPECT_TRUE(summarise_sweep(record.plan, record.result).points.empty());
}

}  // namespace
}  // namespace labday
