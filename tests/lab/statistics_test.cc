#include "lab/statistics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "support/noise.h"

namespace labday {
namespace {

TEST(Statistics, MeanAndMedianOfOddAndEvenCounts) {
  const std::vector<double> odd{9, 1, 2};
  const std::vector<double> even{9, 1, 2, 4};
  EXPECT_DOUBLE_EQ(mean(odd), 4);
  EXPECT_DOUBLE_EQ(median(odd), 2);
  EXPECT_DOUBLE_EQ(mean(even), 4);
  EXPECT_DOUBLE_EQ(median(even), 3);
}

TEST(Statistics, DeviationIsThatOfASample) {
  const std::vector<double> values{2, 4, 4, 4, 5, 5, 7, 9};
  EXPECT_DOUBLE_EQ(standard_deviation(values).value(), std::sqrt(32.0 / 7));
}

TEST(Statistics, OneValueHasNoSpread) {
  const std::vector<double> one{3};
  EXPECT_FALSE(standard_deviation(one).has_value());
  EXPECT_FALSE(mean_interval(one, 1).has_value());
}

// The two-sided 5 % points, as every printed table of Student's t has them.
TEST(Statistics, StudentQuantilesAreThoseOfTheTables) {
  const std::vector<std::pair<int, double>> table{
      {1, 12.7062}, {2, 4.30265}, {3, 3.18245},  {4, 2.77645},  {5, 2.57058},  {6, 2.44691},  {7, 2.36462},
      {8, 2.30600}, {9, 2.26216}, {10, 2.22814}, {20, 2.08596}, {30, 2.04227}, {100, 1.98397}};
  for (const auto& [degrees, t] : table) {
    EXPECT_NEAR(student_t(0.95, degrees), t, 6e-6 * t) << degrees;
    EXPECT_NEAR(student_p(t, degrees), 0.05, 1e-6) << degrees;
    EXPECT_NEAR(student_p(-t, degrees), 0.05, 1e-6) << degrees;
  }
  EXPECT_NEAR(student_t(0.99, 5), 4.03214, 1e-5);
  EXPECT_NEAR(student_t(0.95, 1e6), 1.95996, 1e-5);  // that of the normal distribution
  EXPECT_DOUBLE_EQ(student_p(0, 7), 1);
  EXPECT_LT(student_p(100, 10), 1e-15);
}

TEST(Statistics, StudentQuantilesOfBrokenDegreesLieBetweenThoseOfWholeOnes) {
  EXPECT_LT(student_t(0.95, 4.5), student_t(0.95, 4));
  EXPECT_GT(student_t(0.95, 4.5), student_t(0.95, 5));
}

TEST(Statistics, IntervalOfFewValuesIsMeanPlusMinusTTimesStandardError) {
  const std::vector<double> values{1, 2, 3};  // mean 2, deviation 1, t 4.30265
  const Interval interval = mean_interval(values, 1).value();
  EXPECT_NEAR(interval.low, 2 - 4.30265 / std::sqrt(3.0), 1e-5);
  EXPECT_NEAR(interval.high, 2 + 4.30265 / std::sqrt(3.0), 1e-5);
}

TEST(Statistics, BootstrapIntervalFollowsFromItsSeed) {
  const std::vector<double> values{1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  const Interval first = mean_interval(values, 1).value();
  const Interval again = mean_interval(values, 1).value();
  EXPECT_EQ(first.low, again.low);
  EXPECT_EQ(first.high, again.high);
  EXPECT_NE(first.low, mean_interval(values, 2)->low);
}

TEST(Statistics, BootstrapIntervalIsThatOfStudentWhereValuesAreSymmetric) {
  const std::vector<double> values{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20};
  // mean 10.5, deviation 5.916, standard error 1.323, t of 19 degrees 2.093
  const Interval interval = mean_interval(values, 3).value();
  EXPECT_NEAR(interval.low, 10.5 - 2.093 * 1.323, 0.25);
  EXPECT_NEAR(interval.high, 10.5 + 2.093 * 1.323, 0.25);
}

TEST(Statistics, BootstrapIntervalReachesFurtherWhereTheTailIs) {
  const std::vector<double> skewed{1.00, 1.01, 1.01, 1.02, 1.02, 1.03, 1.05, 1.08, 1.15, 1.40};
  const Interval interval = mean_interval(skewed, 5).value();
  const double centre = mean(skewed);
  EXPECT_GT(interval.high - centre, 1.5 * (centre - interval.low));
}

TEST(Statistics, BootstrapIntervalOfEqualValuesIsAPoint) {
  const Interval interval = mean_interval(std::vector<double>(10, 2.0), 1).value();
  EXPECT_EQ(interval.low, 2);
  EXPECT_EQ(interval.high, 2);
}

TEST(Statistics, BootstrapIntervalsHoldTheMeanAboutAsOftenAsTheyPromise) {
  Random random(11);
  int held = 0;
  constexpr int kExperiments = 400;
  for (int i = 0; i < kExperiments; ++i) {
    std::vector<double> values;
    for (int round = 0; round < 10; ++round) values.push_back(1 + 0.02 * testing::normal(random));
    const Interval interval = mean_interval(values, static_cast<std::uint64_t>(i)).value();
    if (interval.low <= 1 && 1 <= interval.high) ++held;
  }
  EXPECT_GE(held, kExperiments * 92 / 100);
  EXPECT_LE(held, kExperiments * 98 / 100);
}

TEST(Statistics, OutliersAreFarFromTheRestOnEitherSide) {
  const std::vector<double> values{1.00, 1.01, 0.99, 1.50, 1.02, 0.98, 1.00, 0.60};
  EXPECT_EQ(outliers(values), (std::vector<std::size_t>{3, 7}));
  EXPECT_TRUE(outliers(std::vector<double>{1, 1.1, 1.2, 1.3}).empty());
}

TEST(Statistics, NothingStandsOutAmongFewOrEqualValues) {
  EXPECT_TRUE(outliers(std::vector<double>{1, 1, 9}).empty());
  EXPECT_TRUE(outliers(std::vector<double>{1, 1, 1, 1, 9}).empty());
}

TEST(Statistics, HolmMultipliesTheSmallestByAllAndTheRestByTheRemaining) {
  const std::vector<double> corrected = holm(std::vector<double>{0.03, 0.01, 0.2, 0.04});
  ASSERT_EQ(corrected.size(), 4U);
  EXPECT_DOUBLE_EQ(corrected[1], 0.04);
  EXPECT_DOUBLE_EQ(corrected[0], 0.09);
  EXPECT_DOUBLE_EQ(corrected[3], 0.09) << "never below one that was smaller";
  EXPECT_DOUBLE_EQ(corrected[2], 0.2);
  EXPECT_DOUBLE_EQ(holm(std::vector<double>{0.9, 0.8})[0], 1) << "a probability stays one";
  EXPECT_TRUE(holm({}).empty());
}

}  // namespace
}  // namespace labday
