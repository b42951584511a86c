#include "lab/comparisons.h"

#include <gtest/gtest.h>

#include <cmath>

#include "support/noise.h"

namespace labday {
namespace {

using Rounds = std::vector<std::optional<double>>;

Rounds rounds_at(double ratio, Random& random, std::size_t blocks = 10, double noise = 0.01) {
  Rounds rounds;
  for (std::size_t i = 0; i < blocks; ++i) {
    rounds.emplace_back(std::log(ratio) + noise * testing::normal(random));
  }
  return rounds;
}

/// The baseline first, then modes at these ratios to it; the control last.
Comparisons compare_ratios(const std::vector<double>& ratios, std::uint64_t seed, std::size_t blocks = 10) {
  Random random(seed);
  LogSeconds modes;
  for (const double ratio : ratios) modes.push_back(rounds_at(ratio, random, blocks));
  return compare_modes(modes, 0, rounds_at(1, random, blocks));
}

std::vector<int> places(const Comparisons& comparisons) {
  std::vector<int> all;
  for (const Standing& standing : comparisons.modes) all.push_back(standing.place.value_or(0));
  return all;
}

TEST(Comparisons, SayWhoIsFasterAndWhoIsSlower) {
  const Comparisons result = compare_ratios({1, 0.5, 2, 1}, 1);
  EXPECT_EQ(result.modes[0].verdict, Verdict::baseline);
  EXPECT_EQ(result.modes[1].verdict, Verdict::faster);
  EXPECT_EQ(result.modes[2].verdict, Verdict::slower);
  EXPECT_EQ(result.modes[3].verdict, Verdict::none);
  EXPECT_NEAR(result.modes[1].ratio->value, 0.5, 0.01);
  EXPECT_FALSE(result.modes[0].corrected_p.has_value());
  EXPECT_LT(*result.modes[1].corrected_p, 0.001);
  EXPECT_GT(*result.modes[3].corrected_p, 0.05);
}

TEST(Comparisons, ModesThatCannotBeToldApartShareAPlace) {
  EXPECT_EQ(places(compare_ratios({1, 0.5, 2, 1, 0.5}, 2)), (std::vector<int>{3, 1, 5, 3, 1}));
  EXPECT_EQ(places(compare_ratios({1, 1, 1}, 3)), (std::vector<int>{1, 1, 1}));
  EXPECT_EQ(places(compare_ratios({1, 0.9, 0.8}, 4)), (std::vector<int>{3, 2, 1}));
}

TEST(Comparisons, AChainOfModesThatEachCannotBeToldFromTheNextIsOnePlace) {
  // 2.4 % lie between the ends, 0.6 % between neighbours: the ends differ, and no two neighbours do.
  const Comparisons result = compare_ratios({1, 1.006, 1.012, 1.018, 1.024}, 6);
  EXPECT_EQ(result.modes[4].verdict, Verdict::slower);
  EXPECT_EQ(places(result), (std::vector<int>{1, 1, 1, 1, 1}));
}

TEST(Comparisons, ABetterPlaceIsAlwaysAClaimAgainstTheBaselineToo) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const Comparisons result = compare_ratios({1, 0.98, 1.02, 1.03, 0.97, 1}, seed);
    const int baseline = *result.modes[0].place;
    for (const Standing& standing : result.modes) {
      if (*standing.place < baseline) {
        EXPECT_EQ(standing.verdict, Verdict::faster) << seed;
      }
      if (*standing.place > baseline) {
        EXPECT_EQ(standing.verdict, Verdict::slower) << seed;
      }
      if (standing.verdict == Verdict::none) {
        EXPECT_EQ(*standing.place, baseline) << seed;
      }
    }
  }
}

TEST(Comparisons, TheNoiseFloorIsTheBaselineAgainstItself) {
  double spread = 0;
  double share = 0;
  constexpr int kExperiments = 100;
  for (int i = 0; i < kExperiments; ++i) {
    const auto seed = static_cast<std::uint64_t>(i);
    const NoiseFloor floor = compare_ratios({1, 1, 1, 1, 1, 1, 1}, seed).noise_floor.value();
    EXPECT_NEAR(floor.ratio.value, 1, 0.02);
    EXPECT_GE(*floor.share, std::abs(floor.ratio.value - 1) * 0.98);
    spread += *floor.spread / kExperiments;
    share += *floor.share / kExperiments;
  }
  EXPECT_NEAR(spread, 0.01 * std::sqrt(2), 0.001);
  // 2.0 · 1 % · √(2/10), or sometimes more: what was seen.
  EXPECT_NEAR(share, 0.0093, 0.001);
}

TEST(Comparisons, WhatIsBelowTheNoiseFloorIsCalledNone) {
  Random random(1);
  LogSeconds modes{rounds_at(1, random, 10, 0.001), rounds_at(1.02, random, 10, 0.001)};
  EXPECT_EQ(compare_modes(modes, 0, rounds_at(1, random, 10, 0.001)).modes[1].verdict, Verdict::slower);
  // The same two, while the baseline's second rounds are 5 % off.
  const Comparisons result = compare_modes(modes, 0, rounds_at(1.05, random, 10, 0.001));
  EXPECT_LT(*result.modes[1].corrected_p, 0.001);
  EXPECT_EQ(result.modes[1].verdict, Verdict::none);
  EXPECT_EQ(result.modes[1].place, result.modes[0].place);
  EXPECT_NEAR(*result.noise_floor->share, 0.05, 0.003);
}

TEST(Comparisons, OneRoundClaimsNothing) {
  const Comparisons result = compare_ratios({1, 0.5}, 1, 1);
  EXPECT_NEAR(result.modes[1].ratio->value, 0.5, 0.05);
  EXPECT_FALSE(result.modes[1].ratio->interval.has_value());
  EXPECT_EQ(result.modes[1].verdict, Verdict::unknown);
  EXPECT_FALSE(result.modes[1].place.has_value());
  EXPECT_FALSE(result.noise_floor->share.has_value());
}

TEST(Comparisons, WithoutATimedBaselineOnlyRank) {
  Random random(3);
  const LogSeconds modes{rounds_at(1, random), rounds_at(0.5, random), rounds_at(0.5, random)};
  const Comparisons result = compare_modes(modes, std::nullopt, {});
  EXPECT_FALSE(result.noise_floor.has_value());
  EXPECT_FALSE(result.modes[1].ratio.has_value());
  EXPECT_EQ(result.modes[1].verdict, Verdict::unknown);
  EXPECT_EQ(places(result), (std::vector<int>{3, 1, 1}));
}

TEST(Comparisons, AModeThatNeverFinishedHasNoPlace) {
  Random random(3);
  const LogSeconds modes{rounds_at(1, random), Rounds(10), rounds_at(0.5, random)};
  const Comparisons result = compare_modes(modes, 0, rounds_at(1, random));
  EXPECT_FALSE(result.modes[1].place.has_value());
  EXPECT_FALSE(result.modes[1].ratio.has_value());
  EXPECT_EQ(result.modes[2].place, 1);
  EXPECT_EQ(result.modes[0].place, 2);
}

TEST(Comparisons, NameTheirVerdicts) {
  for (int i = 0; i < kVerdictCount; ++i) EXPECT_FALSE(name(static_cast<Verdict>(i)).empty());
  EXPECT_EQ(name(Verdict::unknown), "unknown");
}

}  // namespace
}  // namespace labday
