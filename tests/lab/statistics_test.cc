#include "lab/statistics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

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
  EXPECT_FALSE(mean_interval(one).has_value());
  EXPECT_FALSE(paired_ratio(one, one).interval.has_value());
}

// The two-sided 5 % points, as every printed table of Student's t has them.
TEST(Statistics, StudentQuantilesAreThoseOfTheTables) {
  const std::vector<std::pair<int, double>> table{
      {1, 12.7062}, {2, 4.30265}, {3, 3.18245},  {4, 2.77645},  {5, 2.57058},  {6, 2.44691},  {7, 2.36462},
      {8, 2.30600}, {9, 2.26216}, {10, 2.22814}, {20, 2.08596}, {30, 2.04227}, {100, 1.98397}};
  for (const auto& [degrees, t] : table) EXPECT_NEAR(student_t(0.95, degrees), t, 6e-6 * t) << degrees;
  EXPECT_NEAR(student_t(0.99, 5), 4.03214, 1e-5);
  EXPECT_NEAR(student_t(0.95, 1'000'000), 1.95996, 1e-5);  // that of the normal distribution
}

TEST(Statistics, IntervalIsMeanPlusMinusTTimesStandardError) {
  const std::vector<double> values{1, 2, 3};  // mean 2, deviation 1, t 4.30265
  const Interval interval = mean_interval(values).value();
  EXPECT_NEAR(interval.low, 2 - 4.30265 / std::sqrt(3.0), 1e-5);
  EXPECT_NEAR(interval.high, 2 + 4.30265 / std::sqrt(3.0), 1e-5);
}

TEST(Statistics, PairedRatioIsBlindToDriftThatBothShare) {
  const std::vector<double> baseline{1, 10, 100};
  const std::vector<double> half{0.5, 5, 50};
  const Ratio ratio = paired_ratio(half, baseline);
  EXPECT_DOUBLE_EQ(ratio.value, 0.5);
  EXPECT_NEAR(ratio.interval.value().low, 0.5, 1e-12);
  EXPECT_NEAR(ratio.interval.value().high, 0.5, 1e-12);
}

TEST(Statistics, PairedRatioIsAGeometricMean) {
  const std::vector<double> baseline{1, 1};
  const std::vector<double> values{2, 8};
  const Ratio ratio = paired_ratio(values, baseline);
  EXPECT_DOUBLE_EQ(ratio.value, 4);
  // The logarithms are 1 and 3 in base 2: deviation √2, standard error 1, t of one degree 12.7062.
  EXPECT_NEAR(std::log2(ratio.interval.value().low), 2 - 12.7062, 1e-4);
  EXPECT_NEAR(std::log2(ratio.interval.value().high), 2 + 12.7062, 1e-4);
}

}  // namespace
}  // namespace labday
