#include "lab/crossings.h"

#include <gtest/gtest.h>

#include "lab/draws.h"

namespace labday {
namespace {

CurvePoint at(double x, double log_ratio, int claim, double error = 0.001) {
  return {x, {log_ratio, error, 8}, claim};
}

TEST(FindCrossings, InterpolatesOverTheLogarithmOfTheAxis) {
  const std::vector<CurvePoint> curve{at(1, -0.2, -1), at(100, 0.2, 1)};
  const std::vector<Crossing> crossings = find_crossings(curve, 1);
  ASSERT_EQ(crossings.size(), 1U);
  EXPECT_NEAR(crossings[0].x, 10, 1e-9);
  EXPECT_TRUE(crossings[0].first_was_faster);
  EXPECT_TRUE(crossings[0].beyond_noise);
  EXPECT_EQ(crossings[0].before, 0U);
  EXPECT_EQ(crossings[0].after, 1U);
  EXPECT_LT(crossings[0].interval.low, 10);
  EXPECT_GT(crossings[0].interval.high, 10);
  EXPECT_GT(crossings[0].interval.low, 9.5);
  EXPECT_LT(crossings[0].interval.high, 10.5);
}

TEST(FindCrossings, LooksThroughPointsAtWhichTheTwoCannotBeToldApart) {
  const std::vector<CurvePoint> curve{at(1, 0.4, 1), at(2, 0.001, 0), at(4, -0.001, 0), at(8, -0.4, -1)};
  const std::vector<Crossing> crossings = find_crossings(curve, 1);
  ASSERT_EQ(crossings.size(), 1U);
  EXPECT_FALSE(crossings[0].first_was_faster);
  EXPECT_EQ(crossings[0].before, 0U);
  EXPECT_EQ(crossings[0].after, 3U);
  EXPECT_GT(crossings[0].x, 2);
  EXPECT_LT(crossings[0].x, 4);
}

TEST(FindCrossings, FindsEachOfSeveral) {
  const std::vector<CurvePoint> curve{at(1, -1, -1), at(2, 1, 1), at(4, -1, -1)};
  const std::vector<Crossing> crossings = find_crossings(curve, 1);
  ASSERT_EQ(crossings.size(), 2U);
  EXPECT_NE(crossings[0].first_was_faster, crossings[1].first_was_faster);
}

TEST(FindCrossings, FindsNoneWhereNothingIsClaimedOrNothingChanges) {
  EXPECT_TRUE(find_crossings({}, 1).empty());
  EXPECT_TRUE(find_crossings(std::vector{at(1, -0.2, 0), at(2, 0.2, 0)}, 1).empty());
  EXPECT_TRUE(find_crossings(std::vector{at(1, -0.2, -1), at(2, -0.1, -1), at(4, 0, 0)}, 1).empty());
  EXPECT_TRUE(find_crossings(std::vector{at(1, 0.1, 0), at(2, 0.2, 0), at(4, 0.3, 1)}, 1).empty());
}

TEST(FindCrossings, MarksThoseThatAreClaimedOnOneSideOnly) {
  const std::vector<Crossing> head = find_crossings(std::vector{at(1, -0.01, 0, 0.02), at(2, 0.3, 1)}, 1);
  ASSERT_EQ(head.size(), 1U);
  EXPECT_FALSE(head[0].beyond_noise);
  const std::vector<Crossing> tail =
      find_crossings(std::vector{at(1, -0.3, -1), at(2, -0.2, -1), at(4, 0.01, 0, 0.02)}, 1);
  ASSERT_EQ(tail.size(), 1U);
  EXPECT_FALSE(tail[0].beyond_noise);
  EXPECT_EQ(tail[0].before, 1U);
  EXPECT_DOUBLE_EQ(tail[0].interval.high, 4) << "it may well lie behind the last point";
}

TEST(FindCrossings, ItsIntervalHoldsTheTruthNineteenTimesInTwenty) {
  constexpr int kTrials = 300;
  int held = 0;
  Random random(4);
  for (std::uint64_t trial = 0; trial < kTrials; ++trial) {
    const auto noisy = [&](double x, double truth, int claim) {
      return at(x, truth + 0.05 * student_draw(random, 8), claim, 0.05);
    };
    const std::vector<Crossing> found =
        find_crossings(std::vector{noisy(1, -0.3, -1), noisy(16, 0.3, 1)}, trial);
    ASSERT_EQ(found.size(), 1U);
    held += found[0].interval.low <= 4 && 4 <= found[0].interval.high ? 1 : 0;
  }
  EXPECT_GE(held, kTrials * 91 / 100);
  EXPECT_LE(held, kTrials * 99 / 100);
}

}  // namespace
}  // namespace labday
