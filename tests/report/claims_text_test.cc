#include "report/claims_text.h"

#include <gtest/gtest.h>

namespace labday {
namespace {

ModeSummary mode(const std::string& name, Verdict verdict) {
  ModeSummary summary;
  summary.mode = name;
  summary.standing.verdict = verdict;
  return summary;
}

Summary example() {
  Summary summary;
  summary.modes = {mode("blocking", Verdict::baseline), mode("a", Verdict::faster),
                   mode("b:c=1", Verdict::slower), mode("d", Verdict::faster), mode("e", Verdict::none)};
  summary.noise_floor = NoiseFloor{{0.99, Interval{0.976, 1.004}}, 0.02, 0.0143};
  return summary;
}

ExperimentPlan plan() {
  ExperimentPlan plan;
  plan.baseline = "blocking";
  return plan;
}

TEST(ClaimsText, NamesTheNoiseFloorAndWhoIsFasterAndSlower) {
  EXPECT_EQ(claims_text(plan(), example()),
            "Noise floor: the baseline against itself differs by up to 1.4 % (here by 1.0 %); a smaller "
            "difference is called none.\n"
            "Faster than blocking: a, d.\n"
            "Slower than blocking: b:c=1.\n"
            "No difference from blocking was shown: e.\n");
}

TEST(ClaimsText, ShowsOutliersThatCount) {
  Summary summary = example();
  summary.modes.resize(2);
  summary.modes[0].outliers = {3};
  summary.modes[1].outliers = {1, 10};
  const std::string text = claims_text(plan(), summary);
  EXPECT_TRUE(text.ends_with(
      "Outliers, which count like all others: 1 round in blocking (3); 2 rounds in a (1, 10).\n"))
      << text;
}

TEST(ClaimsText, SaysThatThereAreTooFewRoundsWhereTheNoiseFloorIsAsWideAsTheTimes) {
  Summary summary = example();
  summary.modes.resize(1);
  summary.noise_floor->share = 9'490'311'454.871;
  EXPECT_EQ(claims_text(plan(), summary),
            "Noise floor: too few rounds to know (here the baseline against itself differs by 1.0 %).\n");
}

TEST(ClaimsText, SaysWhyThereIsNoNoiseFloor) {
  Summary summary = example();
  summary.modes.resize(1);
  summary.noise_floor->share.reset();
  EXPECT_EQ(claims_text(plan(), summary),
            "Noise floor: not known, since a single round a mode says nothing of the noise.\n");
  summary.noise_floor.reset();
  EXPECT_EQ(claims_text(plan(), summary),
            "Noise floor: not known, since no round of the baseline has a twin in its block.\n");
}

}  // namespace
}  // namespace labday
