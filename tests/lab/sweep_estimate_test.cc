#include "lab/sweep_estimate.h"

#include <gtest/gtest.h>

namespace labday {
namespace {

TEST(EstimateSweep, CountsWhatIsLeftInPixelsAndDividesByWorkersUpToTheCores) {
  SweepPlan plan;
  plan.sources = {1, 4};
  plan.workers = {1, 8};
  plan.modes = {{"base", false}, {"left", true}};
  plan.baseline = "base";
  plan.rounds = 10;
  const SweepGrid grid(plan);  // of each job: base, its control, left with 1 and with 8 workers
  const auto seconds = [](int s) { return Nanoseconds(std::chrono::seconds(s)); };
  std::size_t played = 0;
  const auto estimate = [&](std::optional<Nanoseconds> small, std::optional<Nanoseconds> large) {
    return estimate_sweep(plan, grid, {100, 400}, {small, large}, played, 2);
  };
  const SweepEstimate scaled = estimate(seconds(2), std::nullopt);
  EXPECT_EQ(scaled.rounds, 80U);
  EXPECT_EQ(scaled.probed_jobs, 1U);
  EXPECT_EQ(scaled.at_most, seconds(8 + 10 * 4 * (2 + 8))) << "the other warm-up, and ten blocks";
  EXPECT_EQ(scaled.at_least, seconds(8 + 10 * 7 * (2 + 8) / 2));
  const SweepEstimate known = estimate(seconds(2), seconds(5));
  EXPECT_EQ(known.at_most, seconds(10 * 4 * (2 + 5)));
  EXPECT_EQ(known.probes, seconds(7));
  played = 40;
  EXPECT_EQ(estimate(seconds(2), seconds(5)).rounds, 40U);
  EXPECT_EQ(estimate(seconds(2), seconds(5)).at_most, seconds(5 * 4 * (2 + 5)));
}

}  // namespace
}  // namespace labday
