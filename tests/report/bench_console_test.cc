#include "report/bench_console.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "support/experiments.h"

namespace labday {
namespace {

using testing::fixed_experiment;
using testing::FixedExperiment;
using testing::mode_rounds;

// The intervals of the means were computed apart from labday, with t = 4.302653 for two degrees of freedom.
TEST(BenchText, ProvesThenTimesThenComparesThenNamesTheConditions) {
  const FixedExperiment fixed = fixed_experiment();
  EXPECT_EQ(
      bench_text(fixed.plan, fixed.result),
      "All 2 modes agree on the files: 20 files a mode, 101,526,123 bytes, XXH3 "
      "0123456789abcdef0123456789abcdef.\n"
      "\n"
      "Running in blocking mode took 7.55 seconds (~0.13 minutes)\n"
      "Running in threads:workers=2 mode took 4.04 seconds (~0.07 minutes)\n"
      "\n"
      "mode               place  mean s  median s  deviation  95 % interval  ratio to blocking   "
      "parallelism  peak memory        bytes\n"
      "blocking               2    7.55      7.55       0.05    7.43 – 7.67  1.00                "
      "       1.50      45.2 MB  101,526,123\n"
      "threads:workers=2      1    4.04      4.02       0.05    3.91 – 4.17  0.53 (0.53 – 0.54)  "
      "       1.50      45.2 MB  101,526,123\n"
      "\n"
      "Noise floor: the baseline against itself differs by up to 0.6 % (here by 0.0 %); a smaller "
      "difference is called none.\n"
      "Faster than blocking: threads:workers=2.\n"
      "\n"
      "10 sources at 120 %, 140 % (bicubic, png balanced); 2 workers on 2 cores (of 4 online); grain "
      "source; 3 rounds after a warm-up, in an order from seed 1; scratch on tmpfs; labday 0.1.0.\n"
      "Machine: Example CPU; AVX2; Linux 6.1; GNU 12.2.0 -O3; git main 0123456789ab with uncommitted "
      "changes.\n"
      "Meanwhile: load 0.50 before, 2.50 after; processors busy 79 % of the time; stolen by other guests "
      "1.0 %; tasks waited for a processor 25 %; for storage 2 %; for memory 0 %.\n");
  EXPECT_EQ(bench_problems(fixed.result), "");
}

TEST(BenchText, SaysWhyAnExperimentOfOpenLengthEnded) {
  FixedExperiment fixed = fixed_experiment();
  fixed.plan.rounds = 2;
  fixed.plan.precision = 0.02;
  fixed.result.ended = Ended::precision;
  EXPECT_NE(bench_text(fixed.plan, fixed.result)
                .find("; 3 rounds after a warm-up, enough to know every ratio to 2 %, in an order"),
            std::string::npos);
  fixed.result.ended = Ended::time;
  EXPECT_NE(bench_text(fixed.plan, fixed.result)
                .find("; 3 rounds after a warm-up, for which there was time, in an order"),
            std::string::npos);
  fixed.result.ended = Ended::cancelled;
  EXPECT_TRUE(bench_text(fixed.plan, fixed.result).starts_with("Interrupted after 6 rounds.\n"));
}

TEST(BenchText, OfOneModeSaysWhatItWasComparedWith) {
  FixedExperiment fixed = fixed_experiment();
  fixed.plan.modes = {"threads:workers=2"};
  fixed.result.modes.erase(fixed.result.modes.begin());
  fixed.result.control.clear();
  const std::string text = bench_text(fixed.plan, fixed.result);
  EXPECT_TRUE(
      text.starts_with("threads:workers=2 mode and the warm-up in blocking mode agree on the files: "))
      << text;
  EXPECT_EQ(text.find("took 7.55"), std::string::npos);
  EXPECT_NE(text.find("3.91 – 4.17  –  "), std::string::npos) << "no ratio without its baseline\n" << text;
}

TEST(BenchText, OfOneRoundHasNoInterval) {
  FixedExperiment fixed = fixed_experiment();
  fixed.plan.rounds = 1;
  fixed.result.modes = {mode_rounds("blocking", {7.5}), mode_rounds("threads:workers=2", {3.75})};
  fixed.result.control = mode_rounds("blocking", {7.5}).rounds;
  fixed.result.order.resize(3);
  const std::string text = bench_text(fixed.plan, fixed.result);
  EXPECT_NE(text.find("threads:workers=2      –    3.75      3.75          –              –  0.50 "),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("; 1 round after a warm-up, in"), std::string::npos) << text;
}

TEST(BenchText, AfterADisagreementNamesTheFileAndShowsNoTime) {
  FixedExperiment fixed = fixed_experiment();
  fixed.result.disagreement =
      Disagreement{"threads:workers=2", 2, {Difference::Kind::differs, "sub/a\xff-120.png"}};
  EXPECT_EQ(
      bench_text(fixed.plan, fixed.result),
      "The modes disagree: in round 2, threads:workers=2 mode wrote other bytes than blocking mode to a "
      "file:\n"
      "  sub/a\\xff-120.png\n"
      "No times are shown, since they are not of the same work.\n");
  fixed.result.disagreement->difference = {Difference::Kind::missing, "a.png"};
  EXPECT_NE(
      bench_text(fixed.plan, fixed.result).find("did not write a file that blocking mode wrote:\n  a.png"),
      std::string::npos);
  fixed.result.disagreement->difference = {Difference::Kind::extra, "a.png"};
  EXPECT_NE(
      bench_text(fixed.plan, fixed.result).find("wrote a file that blocking mode did not write:\n  a.png"),
      std::string::npos);
}

TEST(BenchText, OfAnInterruptedExperimentShowsTheRoundsThatCount) {
  FixedExperiment fixed = fixed_experiment();
  fixed.result.ended = Ended::cancelled;
  fixed.result.verified_rounds = 3;
  fixed.result.modes = {mode_rounds("blocking", {7.5, 7.6, std::nullopt}),
                        mode_rounds("threads:workers=2", {4.0, std::nullopt, std::nullopt})};
  const std::string text = bench_text(fixed.plan, fixed.result);
  EXPECT_TRUE(text.starts_with("Interrupted: 3 of 6 rounds were finished.\nAll 2 modes agree")) << text;
  EXPECT_NE(text.find("Running in threads:workers=2 mode took 4.00 seconds"), std::string::npos) << text;
}

TEST(BenchText, OfAKilledExperimentSaysHowFarItWas) {
  FixedExperiment fixed = fixed_experiment();
  fixed.result.ended = Ended::not_yet;
  fixed.result.verified_rounds = 5;
  EXPECT_TRUE(bench_text(fixed.plan, fixed.result)
                  .starts_with("Unfinished when it was saved, after 5 of 6 rounds.\nAll 2 modes agree"));
  fixed.plan.precision = 0.01;
  EXPECT_TRUE(
      bench_text(fixed.plan, fixed.result).starts_with("Unfinished when it was saved, after 5 rounds.\n"));
}

TEST(BenchText, InterruptedBeforeAnyRoundSaysOnlyThat) {
  FixedExperiment fixed = fixed_experiment();
  fixed.result.ended = Ended::cancelled;
  fixed.result.verified_rounds = 0;
  const std::optional<double> none;
  fixed.result.modes = {mode_rounds("blocking", {none, none, none}),
                        mode_rounds("threads:workers=2", {none, none, none})};
  EXPECT_EQ(bench_text(fixed.plan, fixed.result), "Interrupted: 0 of 6 rounds were finished.\n");
}

TEST(BenchText, WithoutAnyRenditionThereIsNothingToTime) {
  FixedExperiment fixed = fixed_experiment();
  fixed.result.files = 0;
  fixed.result.modes = {{"blocking", {}}, {"threads:workers=2", {}}};
  EXPECT_EQ(bench_text(fixed.plan, fixed.result),
            "No rendition could be made, so there is nothing to time.\n");
}

TEST(BenchText, LeavesOutAModeThatNeverFinished) {
  FixedExperiment fixed = fixed_experiment();
  const std::optional<double> none;
  fixed.result.modes[1] = mode_rounds("threads:workers=2", {none, none, none});
  const std::string text = bench_text(fixed.plan, fixed.result);
  EXPECT_TRUE(text.starts_with("blocking mode and the warm-up in blocking mode agree")) << text;
  EXPECT_EQ(text.find("threads"), std::string::npos) << text;
}

TEST(BenchText, NamesTheModeThatWasComparedNotOneThatWasPlanned) {
  FixedExperiment fixed = fixed_experiment();
  const std::optional<double> none;
  fixed.result.modes[0] = mode_rounds("blocking", {none, none, none});
  const std::string text = bench_text(fixed.plan, fixed.result);
  EXPECT_TRUE(text.starts_with("threads:workers=2 mode and the warm-up in blocking mode agree")) << text;
}

TEST(BenchProblems, AreALineForEachRoundThatBrokeAndEachSourceThatFailed) {
  FixedExperiment fixed = fixed_experiment();
  fixed.result.failures = {
      {"threads:workers=2", 2, {Stage::plan, ErrorCode::internal, "", "its process crashed"}}};
  fixed.result.reference.errors = {
      {Stage::decode, ErrorCode::truncated, "p/\xff.jpg", "the JPEG data ends early"}};
  fixed.result.reference.error_count = 1;
  EXPECT_EQ(bench_problems(fixed.result),
            "threads:workers=2 mode, round 2: plan: its process crashed. This is a defect in labday: please "
            "report it.\n"
            "p/\\xff.jpg: decode: the JPEG data ends early. Get the file again: its end is missing.\n");
  fixed.result.reference.error_count = 1235;
  EXPECT_TRUE(bench_problems(fixed.result).ends_with("\n… and 1,234 errors more.\n"))
      << bench_problems(fixed.result);
  EXPECT_TRUE(is_utf8(bench_problems(fixed.result)));
}

}  // namespace
}  // namespace labday
