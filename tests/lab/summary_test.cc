#include "lab/summary.h"

#include <gtest/gtest.h>

#include "support/experiments.h"

namespace labday {
namespace {

using testing::fixed_experiment;
using testing::FixedExperiment;
using testing::mode_rounds;

TEST(Summary, HoldsTheFiguresOfEveryMode) {
  const FixedExperiment fixed = fixed_experiment();
  const std::vector<ModeSummary> modes = summarise(fixed.plan, fixed.result).modes;
  ASSERT_EQ(modes.size(), 2U);
  const ModeSummary& threads = modes[1];
  EXPECT_EQ(threads.mode, "threads:workers=2");
  ASSERT_EQ(threads.seconds.size(), 3U);
  EXPECT_NEAR(threads.seconds[1], 4.1, 1e-8);  // whole nanoseconds
  EXPECT_NEAR(threads.mean_seconds, 4.04, 1e-9);
  EXPECT_NEAR(threads.median_seconds, 4.02, 1e-9);
  EXPECT_NEAR(threads.cpu_seconds, 6.06, 1e-6);
  EXPECT_NEAR(threads.parallelism, 1.5, 1e-6);
  EXPECT_NEAR(threads.start_seconds, 0.002, 1e-9);
  EXPECT_NEAR(threads.stage_seconds[static_cast<std::size_t>(Stage::encode)], 2.02, 1e-6);
  EXPECT_EQ(threads.peak_memory_bytes, 45'200'000U);
  EXPECT_EQ(threads.workers, 2);
  EXPECT_NEAR(threads.standing.ratio.value().value, 0.535, 1e-3);
  EXPECT_TRUE(threads.standing.ratio->interval.has_value());
  EXPECT_DOUBLE_EQ(modes[0].standing.ratio.value().value, 1);
}

TEST(Summary, PairsOnlyRoundsThatBothModesHave) {
  FixedExperiment fixed = fixed_experiment();
  fixed.result.modes = {mode_rounds("blocking", {std::nullopt, 10.0, 20.0}),
                        mode_rounds("threads:workers=2", {1.0, std::nullopt, 5.0})};
  fixed.result.control.clear();
  const std::vector<ModeSummary> modes = summarise(fixed.plan, fixed.result).modes;
  EXPECT_EQ(modes[1].seconds.size(), 2U);
  EXPECT_NEAR(modes[1].standing.ratio.value().value, 0.25, 1e-6);
  EXPECT_FALSE(modes[1].standing.ratio->interval.has_value());
}

TEST(Summary, LeavesOutModesWithoutARound) {
  FixedExperiment fixed = fixed_experiment();
  fixed.result.modes[0] = mode_rounds("blocking", {std::nullopt, std::nullopt, std::nullopt});
  fixed.result.control.clear();
  const std::vector<ModeSummary> modes = summarise(fixed.plan, fixed.result).modes;
  ASSERT_EQ(modes.size(), 1U);
  EXPECT_EQ(modes[0].mode, "threads:workers=2");
  EXPECT_FALSE(modes[0].standing.ratio.has_value());
}

TEST(Summary, HasNoRatioToABaselineThatWasNotTimed) {
  FixedExperiment fixed = fixed_experiment();
  fixed.plan.baseline = "other";
  EXPECT_FALSE(summarise(fixed.plan, fixed.result).modes[0].standing.ratio.has_value());
}

TEST(Summary, SaysNothingAfterADisagreement) {
  FixedExperiment fixed = fixed_experiment();
  fixed.result.disagreement = Disagreement{"threads:workers=2", 1, {}};
  EXPECT_TRUE(summarise(fixed.plan, fixed.result).modes.empty());
}

}  // namespace
}  // namespace labday
