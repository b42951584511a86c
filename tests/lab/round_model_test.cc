#include "lab/round_model.h"

#include <gtest/gtest.h>

#include <cmath>

#include "support/noise.h"

namespace labday {
namespace {

using testing::normal;

/// `levels` plus a drift of 10 % a block plus `noise` times a normal number.
LogSeconds rounds_of(const std::vector<double>& levels, std::size_t blocks, double noise,
                     std::uint64_t seed) {
  Random random(seed);
  LogSeconds rounds;
  for (const double level : levels) {
    rounds.emplace_back();
    for (std::size_t block = 0; block < blocks; ++block) {
      rounds.back().emplace_back(level + 0.1 * static_cast<double>(block) + noise * normal(random));
    }
  }
  return rounds;
}

TEST(RoundModel, IsBlindToDriftThatAllModesShare) {
  const RoundModel model(rounds_of({0, std::log(2), std::log(0.5)}, 5, 0, 1));
  EXPECT_NEAR(std::exp(model.compare(1, 0)->log_ratio), 2, 1e-6);
  EXPECT_NEAR(std::exp(model.compare(2, 0)->log_ratio), 0.5, 1e-6);
  EXPECT_NEAR(std::exp(model.compare(1, 2)->log_ratio), 4, 1e-6);
  EXPECT_LT(model.compare(1, 0)->standard_error, 1e-6);
}

TEST(RoundModel, OfUndisturbedRoundsIsTheMeanOfTheirDifferences) {
  // Without a residual above Huber's corner the fit is that of least squares.
  const LogSeconds rounds{{0.00, 0.02, 0.01, 0.03}, {0.11, 0.11, 0.12, 0.12}};
  const Contrast contrast = RoundModel(rounds).compare(1, 0).value();
  EXPECT_NEAR(contrast.log_ratio, 0.1, 1e-6);
  EXPECT_NEAR(contrast.degrees, 3, 1e-9);
}

TEST(RoundModel, LetsADisturbedRoundWeighLittle) {
  LogSeconds rounds = rounds_of({0, 0.05, 0, 0}, 10, 0.01, 3);
  const double before = RoundModel(rounds).compare(1, 0)->log_ratio;
  *rounds[1][4] += 5;  // 150 times as long
  const RoundModel model(rounds);
  EXPECT_NEAR(model.compare(1, 0)->log_ratio, before, 0.005);
  EXPECT_LT(model.compare(1, 0)->p_value(), 0.001);
}

TEST(RoundModel, KnowsTheNoiseOfAllModesFromAllModes) {
  const RoundModel model(rounds_of({0, 0, 0, 0, 0, 0, 0, 0}, 10, 0.02, 5));
  const Contrast contrast = model.compare(1, 0).value();
  EXPECT_NEAR(contrast.standard_error, 0.02 * std::sqrt(2.0 / 10), 0.0025);
  EXPECT_GT(contrast.degrees, 30) << "a pair of modes alone would have 9";
}

TEST(RoundModel, LeavesAModeThatIsNoisierItsOwnNoise) {
  Random random(9);
  LogSeconds rounds = rounds_of({0, 0, 0, 0, 0, 0, 0, 0}, 10, 0.005, 6);
  for (auto& round : rounds[3]) *round += 0.05 * normal(random);
  const RoundModel model(rounds);
  // 5 % / √10 is 1.6 %; ten rounds say it to within a factor of two or so.
  EXPECT_GT(model.compare(3, 0)->standard_error, 0.006);
  EXPECT_LT(model.compare(2, 0)->standard_error, 0.003);
  EXPECT_LT(model.compare(3, 0)->degrees, 20) << "the others say nothing of this noise";
}

TEST(RoundModel, DoesWithoutRoundsThatFailed) {
  LogSeconds rounds = rounds_of({0, 0.1, 0.2}, 8, 0.005, 7);
  rounds[1][0] = rounds[1][5] = rounds[2][7] = rounds[0][2] = std::nullopt;
  const RoundModel model(rounds);
  EXPECT_NEAR(model.compare(1, 0)->log_ratio, 0.1, 0.01);
  EXPECT_NEAR(model.compare(2, 0)->log_ratio, 0.2, 0.01);
}

TEST(RoundModel, ComparesOnlyModesThatMetInABlock) {
  const LogSeconds rounds{{0.0, 0.0, std::nullopt, std::nullopt}, {std::nullopt, std::nullopt, 0.1, 0.1}};
  EXPECT_FALSE(RoundModel(rounds).compare(1, 0).has_value());
  const LogSeconds never{{0.0, 0.0}, {std::nullopt, std::nullopt}};
  EXPECT_FALSE(RoundModel(never).compare(1, 0).has_value());
}

TEST(RoundModel, OfOneBlockKnowsRatiosAndNoNoise) {
  const RoundModel model({{0.0}, {std::log(3)}});
  const Contrast contrast = model.compare(1, 0).value();
  EXPECT_NEAR(std::exp(contrast.log_ratio), 3, 1e-9);
  EXPECT_FALSE(contrast.ratio_interval().has_value());
  EXPECT_EQ(contrast.p_value(), 1);
  EXPECT_FALSE(model.knows_noise());
}

TEST(RoundModel, OfNothingIsNothing) {
  EXPECT_FALSE(RoundModel(LogSeconds{}).knows_noise());
  EXPECT_FALSE(RoundModel({{}, {}}).compare(0, 1).has_value());
}

TEST(RoundModel, IntervalsHoldTheTrueRatioAboutAsOftenAsTheyPromise) {
  for (const std::size_t blocks : {3U, 5U, 10U}) {
    int held = 0;
    constexpr int kExperiments = 1000;
    for (int i = 0; i < kExperiments; ++i) {
      const RoundModel model(rounds_of({0, 0.03, 0}, blocks, 0.02, 1000U + static_cast<unsigned>(i)));
      const Interval interval = model.compare(1, 0)->ratio_interval().value();
      if (interval.low <= std::exp(0.03) && std::exp(0.03) <= interval.high) ++held;
    }
    EXPECT_GE(held, 930) << blocks;
    EXPECT_LE(held, 985) << blocks;
  }
}

}  // namespace
}  // namespace labday
