#include "report/mode_choice_text.h"

#include <gtest/gtest.h>

namespace labday {
namespace {

ModeChoice choice_of(const std::string& mode, std::size_t as_fast) {
  HistoryEntry from;
  from.command = "bench";
  from.baseline = "blocking";
  from.job.sources = 10;
  from.modes = {{"blocking", 2, {}, 2}, {"threads", 1, {0.512, Interval{0.501, 0.524}}, 1}};
  return {mode, from, as_fast};
}

TEST(ModeChoiceText, SaysWhichEarlierExperimentAModeWasFastestIn) {
  EXPECT_EQ(mode_choice_text("threads", choice_of("threads", 0), 2, true),
            "Chosen: threads — fastest of 2 modes in an earlier bench of 10 sources like these (0.51 of "
            "blocking, 95 % "
            "0.50 – 0.52).\n");
  EXPECT_EQ(mode_choice_text("threads", choice_of("threads", 1), 2, true),
            "Chosen: threads — in the first place, which others share, of 2 modes in an earlier bench of 10 "
            "sources like "
            "these (0.51 of blocking, 95 % 0.50 – 0.52).\n");
  EXPECT_EQ(mode_choice_text("blocking", choice_of("blocking", 0), 2, true),
            "Chosen: blocking — fastest of 2 modes in an earlier bench of 10 sources like these.\n");
}

TEST(ModeChoiceText, SaysWhyItIsTheSimpleRule) {
  EXPECT_EQ(mode_choice_text("threads", std::nullopt, 2, true),
            "Chosen: threads — by the simple rule for 2 workers, since no earlier bench or sweep on this "
            "machine was "
            "of a job like this one.\n");
  EXPECT_EQ(
      mode_choice_text("blocking", std::nullopt, 1, false),
      "Chosen: blocking — by the simple rule for 1 worker, since earlier experiments are not looked at.\n");
}

}  // namespace
}  // namespace labday
