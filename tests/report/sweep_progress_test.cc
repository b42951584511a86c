#include "report/sweep_progress.h"

#include <gtest/gtest.h>

#include "support/sweeps.h"

namespace labday {
namespace {

using testing::small_grid;

TEST(SweepEstimateText, SaysHowLongAndWhereThatIsFrom) {
  const SweepPlan plan = small_grid();
  SweepEstimate estimate;
  estimate.probed_jobs = 2;
  estimate.probes = std::chrono::milliseconds(2250);
  estimate.rounds = 108;
  estimate.at_least = std::chrono::seconds(70);
  estimate.at_most = std::chrono::seconds(1800);
  EXPECT_EQ(sweep_estimate_text(plan, estimate),
            "3 modes at 12 points of 3 numbers of sources × 2 sizes × 2 counts of workers: 108 rounds to "
            "play, in about "
            "70 s to 30 min.\nThat is told from the warm-ups of 2 of 6 jobs in base mode and the pixels that "
            "the others "
            "make (2.2 s): the longer time if every mode took as long as base, the shorter one if workers "
            "divided it "
            "among the cores.\n");
  estimate.probed_jobs = 6;
  EXPECT_NE(
      sweep_estimate_text(plan, estimate).find("told from the warm-ups in base mode (2.2 s): the longer"),
      std::string::npos);
  estimate.at_least = estimate.at_most;
  EXPECT_TRUE(
      sweep_estimate_text(plan, estimate)
          .ends_with("to play, in about 30 min.\nThat is told from the warm-ups in base mode (2.2 s).\n"));
}

TEST(SweepResumedText, SaysHowFarItIs) {
  SweepRecord record = testing::crossing_sweep();
  EXPECT_EQ(sweep_resumed_text(record, "s.json"),
            "s.json holds all 108 rounds of this sweep: nothing is left to play (--fresh starts anew).\n");
  record.result.order.resize(5);
  EXPECT_EQ(sweep_resumed_text(record, "s.json"),
            "Going on with the sweep in s.json: 5 of 108 rounds were played before (--fresh starts anew).\n");
}

TEST(SweepProgressLine, NamesTheRound) {
  const SweepPlan plan = small_grid();
  EXPECT_EQ(progress_line(plan, {0, std::nullopt, 0, 1, 114}, 8),
            "Warm-up with 4 sources at 0.5x (1 of 114)");
  const std::size_t entry = SweepGrid(plan).entry(SweepGrid(plan).point(3, 1), 1);
  EXPECT_EQ(progress_line(plan, {3, entry, 2, 50, 114}, 8),
            "Block 2 of 3: fast with 2 workers, 8 sources at 1x (50 of 114)");
}

TEST(DurationText, HasTheUnitThatFits) {
  EXPECT_EQ(duration_text(std::chrono::milliseconds(12)), "12 ms");
  EXPECT_EQ(duration_text(std::chrono::milliseconds(4200)), "4.2 s");
  EXPECT_EQ(duration_text(std::chrono::seconds(95)), "95 s");
  EXPECT_EQ(duration_text(std::chrono::seconds(720)), "12 min");
  EXPECT_EQ(duration_text(std::chrono::hours(3)), "3.0 h");
}

}  // namespace
}  // namespace labday
