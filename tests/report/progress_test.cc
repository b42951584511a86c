#include "report/progress.h"

#include <gtest/gtest.h>

#include <chrono>

#include "lab/experiment.h"
#include "report/table.h"

namespace labday {
namespace {

ProgressState halfway() {
  ProgressState state;
  state.renditions = 26;
  state.renditions_total = 50;
  state.fraction = 0.525;
  state.bytes_written = 56'000'000;
  state.elapsed = std::chrono::seconds(2);
  return state;
}

TEST(ProgressLine, SaysEverythingWhereThereIsRoom) {
  EXPECT_EQ(progress_line(halfway(), 100),
            "[###############---------------]   52 %  26/50  13.0/s  56.0 MB  ETA 0:02");
  ProgressState state = halfway();
  state.failed = 3;
  EXPECT_EQ(progress_line(state, 100),
            "[###############---------------]   52 %  26/50  13.0/s  56.0 MB  3 failed  ETA 0:02");
}

TEST(ProgressLine, ShortensTheBarThenLeavesOutTheLeastImportant) {
  ProgressState state = halfway();
  state.failed = 3;
  EXPECT_EQ(progress_line(state, 79),
            "[#############-------------]   52 %  26/50  13.0/s  56.0 MB  3 failed  ETA 0:02");
  EXPECT_EQ(progress_line(state, 60), " 52 %  26/50  13.0/s  56.0 MB  3 failed  ETA 0:02");
  EXPECT_EQ(progress_line(state, 40), " 52 %  26/50  13.0/s  3 failed  ETA 0:02");
  EXPECT_EQ(progress_line(state, 39), " 52 %  26/50  3 failed  ETA 0:02");
  EXPECT_EQ(progress_line(state, 30), " 52 %  26/50  3 failed");
  EXPECT_EQ(progress_line(state, 20), " 52 %  26/50");
  EXPECT_EQ(progress_line(state, 6), " 52 %");
  EXPECT_EQ(progress_line(state, 3), " 52");
  EXPECT_EQ(progress_line(state, 0), "");
}

TEST(ProgressLine, FitsEveryWidthAtEveryState) {
  for (const double fraction : {-1.0, 0.0, 1e-9, 0.5, 0.9999, 1.0, 2.0}) {
    for (const std::uint64_t failed : {0U, 7U}) {
      for (int columns = 0; columns < 130; ++columns) {
        ProgressState state = halfway();
        state.fraction = fraction;
        state.failed = failed;
        state.renditions_total = 5'000'000;
        const std::string line = progress_line(state, columns);
        ASSERT_LE(display_width(line), static_cast<std::size_t>(columns)) << line;
        ASSERT_EQ(line.find_first_of("\n\r\x1b"), std::string::npos) << line;
        if (columns >= 5) {
          ASSERT_NE(line.find(" %"), std::string::npos) << line;
        }
      }
    }
  }
}

TEST(ProgressLine, IsFullOnlyWhenAllIsDone) {
  ProgressState state = halfway();
  state.fraction = 0.9999;
  EXPECT_NE(progress_line(state, 100).find("-]   99 %"), std::string::npos) << progress_line(state, 100);
  state.fraction = 1;
  state.renditions = 50;
  EXPECT_EQ(progress_line(state, 100),
            "[##############################]  100 %  50/50  25.0/s  56.0 MB  ETA 0:00");
}

TEST(ProgressLine, KnowsNoRateAndNoEndBeforeAnythingIsDone) {
  ProgressState state;
  state.renditions_total = 50;
  EXPECT_EQ(progress_line(state, 100), "[------------------------------]    0 %  0/50  0 B");
}

TEST(ProgressLine, SaysHoursWhereItTakesHours) {
  ProgressState state = halfway();
  state.fraction = 0.5;
  state.elapsed = std::chrono::seconds(59);
  EXPECT_NE(progress_line(state, 100).find("ETA 0:59"), std::string::npos);
  state.elapsed = std::chrono::seconds(60);
  EXPECT_NE(progress_line(state, 100).find("ETA 1:00"), std::string::npos);
  state.elapsed = std::chrono::seconds(2 * 3600 + 5);
  EXPECT_NE(progress_line(state, 100).find("ETA 2:00:05"), std::string::npos);
  state.fraction = 1e-300;
  EXPECT_LE(progress_line(state, 100).size(), 100U);
}

TEST(ProgressLine, OfAnExperimentNamesTheRoundAndItsMode) {
  EXPECT_EQ(progress_line(RoundPosition{"blocking", 0, 3, 1, 14}), "Warm-up in blocking mode (1 of 14)");
  EXPECT_EQ(progress_line(RoundPosition{"threads:workers=2", 2, 3, 5, 14}),
            "Round 2 of 3 in threads:workers=2 mode (5 of 14)");
  EXPECT_EQ(progress_line(RoundPosition{"blocking", 12, 0, 40, 0}), "Round 12 in blocking mode")
      << "of a number that is not known yet";
  EXPECT_EQ(progress_line(RoundPosition{"x\x1b[2J", 1, 1, 1, 1}), "Round 1 of 1 in x\\x1b[2J mode (1 of 1)");
}

}  // namespace
}  // namespace labday
