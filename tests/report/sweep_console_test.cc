#include "report/sweep_console.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "support/sweeps.h"

namespace labday {
namespace {

using testing::crossing_sweep;
using testing::small_grid;
using testing::sweep_with;

SweepRecord tiny_sweep() {
  SweepPlan plan = small_grid();
  plan.sources = {0.5, 2};
  plan.sizes = {1};
  plan.workers = {1, 2};
  plan.modes = {{"base", false}, {"fast", true}};
  return sweep_with(plan, [](std::size_t mode, double sources, double, int workers) {
    return mode == 0 ? 0.2 * sources : 1 + 0.1 * sources / workers;
  });
}

TEST(SweepText, IsTheProofTheTableTheCrossoversTheLawsAndTheConditions) {
  EXPECT_EQ(sweep_text(tiny_sweep()),
            R"(All 2 modes agree on the files of 2 jobs: each of 24 rounds was read back and compared.

sources  size  workers  mode  place  s a source    95 % interval  ratio to base
      4    1x        1  base      1      0.2002  0.1997 – 0.2007  1.00
                        fast      2      0.3503  0.3495 – 0.3512  1.75 (1.74 – 1.76)
      4    1x        2  base      1      0.2002  0.1997 – 0.2007  1.00
                        fast      2      0.3003  0.2996 – 0.3010  1.50 (1.49 – 1.51)
     16    1x        1  base      2      0.2002  0.1997 – 0.2007  1.00
                        fast      1      0.1627  0.1623 – 0.1631  0.81 (0.81 – 0.82)
     16    1x        2  base      2      0.2002  0.1997 – 0.2007  1.00
                        fast      1      0.1126  0.1123 – 0.1129  0.56 (0.56 – 0.56)

Where the ranking changes:
  along sources (size 1x, 1 worker): fast overtakes base at about 11.0 sources (95 % 10.9 – 11.1).
  along sources (size 1x, 2 workers): fast overtakes base at about 7.1 sources (95 % 7.1 – 7.1).

How the modes scale with their workers, by Amdahl's law (serial share) and the Universal Scalability Law (contention, coherency):
mode  sources  size  serial %            speed-up at most  contention %  coherency %  fastest with  misfit %
fast        4    1x  71.4 (71.0 – 71.8)  1.4 (1.4 – 1.4)   –             –                     0.0
fast       16    1x  38.5 (38.1 – 38.8)  2.6 (2.6 – 2.6)   –             –                     0.0
Too few points: Amdahl's law needs 2 counts of workers, the Universal Scalability Law 3.

8 sources found, at 120 % (bicubic, png balanced); 1, 2 workers on 2 cores; grain source; 3 blocks after a warm-up, in an order from seed 7; scratch on tmpfs; labday 0.1.0.
Machine: Example CPU; AVX2; Linux 6.1; GNU 12.2.0 -O3; git main 0123456789ab with uncommitted changes.
Meanwhile: load 0.50 before, 2.50 after; processors busy 79 % of the time; stolen by other guests 1.0 %; tasks waited for a processor 25 %; for storage 2 %; for memory 0 %.
)");
}

TEST(SweepText, SpeaksOfOneModeAndOneWorkerAsOne) {
  SweepPlan plan = small_grid();
  plan.workers = {1};
  plan.modes = {{"base", false}};
  const std::string text =
      sweep_text(sweep_with(plan, [](std::size_t, double sources, double, int) { return sources; }));
  EXPECT_TRUE(text.starts_with("base mode and the warm-ups in base mode agree on the files of 6 jobs: "))
      << text;
  EXPECT_NE(text.find("; 1 worker on 2 cores; "), std::string::npos) << text;
}

TEST(SweepText, SaysWhereNothingChanges) {
  const SweepRecord record = sweep_with(small_grid(), [](std::size_t mode, double sources, double, int) {
    return sources * (1.0 + 0.5 * static_cast<double>(mode));
  });
  EXPECT_NE(sweep_text(record).find("\nNowhere on the grid do two modes change places beyond the noise.\n"),
            std::string::npos);
}

TEST(SweepText, AfterADisagreementNamesTheFileAndShowsNoTime) {
  SweepRecord record = tiny_sweep();
  record.result.disagreement = SweepDisagreement{3, 2, {Difference::Kind::differs, "a\xff.png"}};
  const std::string text = sweep_text(record);
  EXPECT_EQ(text,
            "The modes disagree: after fast with 2 workers, 4 sources at 1x in block 2 a file has other "
            "bytes than base "
            "mode wrote:\n  a\\xff.png\nNo times are shown, since they are not of the same work.\n");
}

TEST(SweepText, OfAnInterruptedSweepShowsWhatWasPlayed) {
  SweepRecord record = tiny_sweep();
  record.result.ended = Ended::cancelled;
  record.result.order.resize(5);
  EXPECT_TRUE(sweep_text(record).starts_with("Interrupted: 5 of 24 rounds were played.\nAll 2 modes agree"))
      << sweep_text(record);
  record.result = SweepResult::blank(SweepGrid(record.plan));
  record.result.ended = Ended::cancelled;
  EXPECT_EQ(sweep_text(record), "Interrupted: 0 of 24 rounds were played.\n");
}

TEST(SweepText, ProvesNothingOfAModeWithoutARound) {
  SweepRecord record = tiny_sweep();
  const SweepGrid grid(record.plan);
  bool one = false;  // round of `fast` is left
  for (std::size_t entry = 0; entry < grid.entries().size(); ++entry) {
    for (auto& round : record.result.rounds[entry]) {
      if (grid.entries()[entry].mode == 1 && !one) {
        one = true;
      } else {
        round.reset();
      }
    }
  }
  EXPECT_NE(sweep_text(record).find(
                "fast mode and the warm-ups in base mode agree on the files of 1 job: each of 1 "
                "round was read back and compared. Not compared, for want of a round: base.\n"),
            std::string::npos)
      << sweep_text(record);
}

TEST(SweepText, SaysWhatSeemsToChangeApart) {
  SweepPlan plan = small_grid();
  plan.sources = {0.5, 2};
  plan.sizes = {1};
  plan.workers = {1};
  plan.modes.pop_back();
  // At 4 sources the two differ by 0.01 %, which is nothing here; at 16 `fast` is slower by a quarter.
  const SweepRecord record = sweep_with(plan, [](std::size_t mode, double sources, double, int) {
    return mode == 0 ? 1.0 : sources < 10 ? 0.9999 : 1.25;
  });
  const std::string text = sweep_text(record);
  EXPECT_NE(
      text.find(
          "Where it seems to change, though on one side the two cannot be told apart:\n  along sources"),
      std::string::npos)
      << text;
}

TEST(SweepProblems, AreALineForEachRoundThatBrokeAndEachBadSource) {
  SweepRecord record = tiny_sweep();
  record.result.failures = {{3, 1, {Stage::plan, ErrorCode::internal, "", "its process crashed"}}};
  const Error bad{Stage::decode, ErrorCode::truncated, "p/\xff.jpg", "it ends early"};
  record.result.jobs[0].reference.errors = {bad};
  record.result.jobs[1].reference.errors = {bad, bad};
  EXPECT_EQ(
      sweep_problems(record),
      "fast with 2 workers, 4 sources at 1x, block 1: plan: its process crashed. This is a defect in labday: "
      "please report it.\n"
      "p/\\xff.jpg: decode: it ends early. Get the file again: its end is missing.\n");
  for (int i = 0; i < 14; ++i) {
    record.result.jobs[1].reference.errors.push_back(bad);
    record.result.jobs[1].reference.errors.back().path = "q/" + std::to_string(i);
  }
  EXPECT_TRUE(sweep_problems(record).ends_with("\n… and 5 errors more.\n")) << sweep_problems(record);
}

}  // namespace
}  // namespace labday
