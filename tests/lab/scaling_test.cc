#include "lab/scaling.h"

#include <gtest/gtest.h>

#include <cmath>

#include "lab/draws.h"

namespace labday {
namespace {

/// Rounds of a law, with noise of `spread` of the time.
std::vector<ScalingSample> planted(double one, double contention, double coherency, std::vector<int> counts,
                                   int rounds, double spread, std::uint64_t seed) {
  Random random(seed);
  std::vector<ScalingSample> samples;
  for (const int n : counts) {
    ScalingSample sample{n, {}};
    const double seconds = one * (1 + contention * (n - 1) + coherency * n * (n - 1)) / n;
    for (int i = 0; i < rounds; ++i)
      sample.seconds.push_back(seconds * std::exp(spread * normal_draw(random)));
    samples.push_back(sample);
  }
  return samples;
}

TEST(FitScaling, FindsAmdahlsSerialShare) {
  const ScalingLaws laws = fit_scaling(planted(8, 0.05, 0, {1, 2, 4, 8}, 10, 0.01, 1), 1);
  ASSERT_TRUE(laws.amdahl.has_value());
  EXPECT_NEAR(laws.amdahl->one_worker_seconds.value, 8, 0.1);
  EXPECT_NEAR(laws.amdahl->serial_share.value, 0.05, 0.005);
  EXPECT_NEAR(laws.amdahl->most_speedup().value, 20, 2);
  EXPECT_LT(laws.amdahl->misfit_share, 0.01);
  EXPECT_NEAR(laws.amdahl->seconds(4), 8 * (0.05 + 0.95 / 4), 0.05);
}

TEST(FitScaling, FindsContentionAndCoherencyAndTheFastestCount) {
  const ScalingLaws laws = fit_scaling(planted(8, 0.03, 0.002, {1, 2, 4, 8, 16, 32}, 10, 0.01, 2), 1);
  ASSERT_TRUE(laws.universal.has_value());
  EXPECT_NEAR(laws.universal->contention.value, 0.03, 0.005);
  EXPECT_NEAR(laws.universal->coherency.value, 0.002, 0.0003);
  EXPECT_NEAR(laws.universal->fastest.value(), std::sqrt(0.97 / 0.002), 1.5);
  EXPECT_NEAR(laws.universal->seconds(8), 8 * (1 + 0.03 * 7 + 0.002 * 56) / 8, 0.05);
  EXPECT_GT(laws.amdahl->misfit_share, laws.universal->misfit_share) << "Amdahl's law knows of no coherency";
}

TEST(FitScaling, ItsIntervalsHoldWhatWasPlantedNineteenTimesInTwenty) {
  constexpr int kTrials = 200;
  int serial = 0;
  int contention = 0;
  int coherency = 0;
  const auto holds = [](const Estimate& estimate, double planted) {
    return estimate.interval && estimate.interval->low <= planted && planted <= estimate.interval->high ? 1
                                                                                                        : 0;
  };
  for (std::uint64_t trial = 0; trial < kTrials; ++trial) {
    serial +=
        holds(fit_scaling(planted(2, 0.1, 0, {1, 2, 4}, 5, 0.02, trial), trial).amdahl->serial_share, 0.1);
    const auto law = fit_scaling(planted(2, 0.1, 0.01, {1, 2, 4, 8}, 5, 0.02, trial), trial).universal;
    contention += holds(law->contention, 0.1);
    coherency += holds(law->coherency, 0.01);
  }
  for (const int held : {serial, contention, coherency}) {
    EXPECT_GE(held, kTrials * 90 / 100);
    EXPECT_LE(held, kTrials * 99 / 100);
  }
}

TEST(FitScaling, NeverFindsLessThanNothing) {
  // Faster than with as many times the workers, as caches can make it.
  const ScalingLaws laws = fit_scaling(planted(8, -0.05, 0, {1, 2, 4}, 3, 0, 3), 1);
  EXPECT_DOUBLE_EQ(laws.amdahl->serial_share.value, 0);
  EXPECT_TRUE(std::isinf(laws.amdahl->most_speedup().value));
  EXPECT_DOUBLE_EQ(laws.universal->coherency.value, 0);
  EXPECT_FALSE(laws.universal->fastest.has_value());
  // Slower with more workers: all of it is serial, and no more than that.
  const ScalingLaws worse = fit_scaling({{{1, {1.0}}, {2, {1.5}}}}, 1);
  EXPECT_DOUBLE_EQ(worse.amdahl->serial_share.value, 1);
}

TEST(FitScaling, SaysWhereThereAreTooFewCounts) {
  EXPECT_FALSE(fit_scaling({}, 1).amdahl.has_value());
  EXPECT_FALSE(fit_scaling(planted(1, 0.1, 0, {4}, 5, 0.01, 1), 1).amdahl.has_value());
  const ScalingLaws two = fit_scaling(planted(1, 0.1, 0, {1, 2}, 5, 0, 1), 1);
  EXPECT_EQ(two.counts, 2U);
  EXPECT_NEAR(two.amdahl.value().serial_share.value, 0.1, 1e-9);
  EXPECT_FALSE(two.universal.has_value());
}

TEST(FitScaling, KnowsNoIntervalFromOneRoundEach) {
  const ScalingLaws laws = fit_scaling(planted(1, 0.1, 0.01, {1, 2, 4}, 1, 0, 1), 1);
  EXPECT_NEAR(laws.universal->coherency.value, 0.01, 1e-9);
  EXPECT_FALSE(laws.amdahl->serial_share.interval.has_value());
  EXPECT_FALSE(laws.universal->coherency.interval.has_value());
}

TEST(FitScaling, DoesNotDependOnTheUnitOfTime) {
  const ScalingLaws hours = fit_scaling(planted(1e5, 0.05, 0.01, {1, 2, 4, 8}, 4, 0.01, 5), 1);
  const ScalingLaws microseconds = fit_scaling(planted(1e-5, 0.05, 0.01, {1, 2, 4, 8}, 4, 0.01, 5), 1);
  EXPECT_NEAR(hours.universal->contention.value, microseconds.universal->contention.value, 1e-9);
  EXPECT_NEAR(hours.universal->coherency.value, microseconds.universal->coherency.value, 1e-9);
}

}  // namespace
}  // namespace labday
