#include "report/bench_wording.h"

#include <gtest/gtest.h>

namespace labday {
namespace {

TEST(BenchWording, LetsNoIntervalOfSecondsReachBelowNothing) {
  EXPECT_EQ(interval_text(Interval{-0.31, 0.42}), "0.00 – 0.42");
  EXPECT_EQ(interval_text(std::nullopt), "–");
}

TEST(BenchWording, SaysThatThereAreTooFewRoundsInsteadOfAnIntervalThatSaysNothing) {
  Standing standing;
  standing.verdict = Verdict::none;
  standing.ratio = Ratio{0.5, Interval{0.3, 0.9}};
  EXPECT_EQ(ratio_text(standing), "0.50 (0.30 – 0.90)");
  standing.ratio = Ratio{0.5, Interval{0.0001, 2500}};
  EXPECT_EQ(ratio_text(standing), "0.50 (too few rounds to know)");
}

}  // namespace
}  // namespace labday
