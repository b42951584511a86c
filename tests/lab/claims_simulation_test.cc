// Experiments that never took place, by the thousand: how often does labday claim a difference that is not
// there, and how often does it find one that is? The noise is that of real rounds. No clock is involved.
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <utility>

#include "lab/comparisons.h"
#include "lab/round_order.h"
#include "support/noise.h"

namespace labday {
namespace {

using testing::kMeasuredNoise;
using testing::MeasuredNoise;

constexpr std::size_t kModes = 7;
constexpr std::size_t kBlocks = 10;  // the default of --rounds
constexpr std::size_t kNone = kModes + 1;
constexpr int kExperiments = 1000;

/// Rounds one behind the other, in the order in which they would be timed; a mode may be `slowed`, by a
/// factor.
Comparisons simulate(const MeasuredNoise& noise, std::uint64_t seed, std::size_t slowed = kNone,
                     double factor = 1, std::size_t blocks = kBlocks, std::size_t modes = kModes,
                     double significance = kSignificance) {
  testing::NoiseSource source(noise, seed);
  RoundOrder order(modes + 1, seed);
  LogSeconds rounds(modes + 1);
  for (std::size_t block = 0; block < blocks; ++block) {
    for (const std::size_t entry : order.next_block()) {
      rounds[entry].emplace_back(source.next() + (entry == slowed ? std::log(factor) : 0));
    }
  }
  const std::vector<std::optional<double>> control = std::move(rounds.back());
  rounds.pop_back();
  return compare_modes(rounds, 0, control, significance);
}

bool claims_anything(const Comparisons& comparisons) {
  for (const Standing& standing : comparisons.modes) {
    if (standing.verdict == Verdict::faster || standing.verdict == Verdict::slower) return true;
    if (standing.place != 1) return true;
  }
  return false;
}

class ClaimsSimulationTest : public ::testing::TestWithParam<MeasuredNoise> {};

TEST_P(ClaimsSimulationTest, OfIdenticalModesAFalseDifferenceIsClaimedInAtMostSevenPerCent) {
  int false_claims = 0;
  for (int i = 0; i < kExperiments; ++i) {
    if (claims_anything(simulate(GetParam(), static_cast<std::uint64_t>(i)))) ++false_claims;
  }
  RecordProperty("false_claims", false_claims);
  EXPECT_LE(false_claims, kExperiments * 7 / 100);
}

TEST_P(ClaimsSimulationTest, RatiosAreWithinTheirIntervalsAsOftenAsPromised) {
  int held = 0;
  for (int i = 0; i < kExperiments; ++i) {
    const Comparisons result = simulate(GetParam(), 10'000U + static_cast<unsigned>(i), 3, 1.03);
    const Interval interval = result.modes[3].ratio->interval.value();
    if (interval.low <= 1.03 && 1.03 <= interval.high) ++held;
  }
  RecordProperty("held", held);
  EXPECT_GE(held, kExperiments * 93 / 100);
}

/// A machine that is free to work; under the other noise no method finds 3 % in ten rounds.
TEST(ClaimsSimulation, ASlowDownOfThreePerCentIsFoundAtTheDefaultSettings) {
  const MeasuredNoise& noise = kMeasuredNoise[0];
  ASSERT_FALSE(noise.saturated);
  int found = 0;
  for (int i = 0; i < kExperiments; ++i) {
    const Comparisons result = simulate(noise, 20'000U + static_cast<unsigned>(i), 3, 1.03);
    if (result.modes[3].verdict == Verdict::slower) ++found;
  }
  RecordProperty("found", found);
  EXPECT_GE(found, kExperiments * 95 / 100);
}

TEST_P(ClaimsSimulationTest, StoppingByPrecisionDoesNotMakeFalseClaimsMoreFrequent) {
  // As run_experiment() looks: after 10 blocks, and whenever there are a quarter more. The precision is
  // chosen so that the experiment stops at one of the first looks, where stopping has the most to choose
  // from.
  double width = 0;
  for (std::uint64_t i = 0; i < 20; ++i) {
    const Interval interval = simulate(GetParam(), 50'000 + i, kNone, 1, 14).modes[1].ratio->interval.value();
    width += (interval.high - interval.low) / 20;
  }
  int false_claims = 0;
  int stopped_later = 0;
  for (int i = 0; i < kExperiments; ++i) {
    for (std::size_t blocks = kBlocks;; blocks += (blocks + 3) / 4) {
      // The same seed: more blocks go on from the ones before.
      const Comparisons result = simulate(GetParam(), 30'000U + static_cast<unsigned>(i), kNone, 1, blocks,
                                          kModes, kSignificanceAfterLooking);
      bool precise = true;
      for (std::size_t mode = 1; mode < kModes; ++mode) {
        const Interval interval = result.modes[mode].ratio->interval.value();
        if (interval.high - interval.low >= width) precise = false;
      }
      if (!precise && blocks < 60) continue;
      if (claims_anything(result)) ++false_claims;
      if (blocks > kBlocks) ++stopped_later;
      break;
    }
  }
  RecordProperty("false_claims", false_claims);
  EXPECT_GT(stopped_later, kExperiments / 4) << "the looks were no choice";
  EXPECT_LE(false_claims, kExperiments * 7 / 100);
}

TEST_P(ClaimsSimulationTest, TwoModesAloneAreClaimedDifferentInAtMostSevenPerCentToo) {
  for (const std::size_t blocks : {3U, 5U, 10U}) {
    int false_claims = 0;
    for (int i = 0; i < kExperiments; ++i) {
      const auto seed = 40'000U + static_cast<unsigned>(i);
      if (claims_anything(simulate(GetParam(), seed, kNone, 1, blocks, 2))) ++false_claims;
    }
    RecordProperty("false_claims_of_" + std::to_string(blocks) + "_blocks", false_claims);
    EXPECT_LE(false_claims, kExperiments * 7 / 100) << blocks;
  }
}

INSTANTIATE_TEST_SUITE_P(Noise, ClaimsSimulationTest, ::testing::ValuesIn(kMeasuredNoise),
                         [](const auto& noise) { return std::string(noise.param.name); });

}  // namespace
}  // namespace labday
