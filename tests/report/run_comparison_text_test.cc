#include "report/run_comparison_text.h"

#include <gtest/gtest.h>

#include "support/notebooks.h"

namespace labday {
namespace {

Run run_of(int number, const std::string& text) {
  Result<Recorded> recorded = recorded_from_json(text, "run.json");
  EXPECT_TRUE(recorded.has_value());
  Run run{{}, std::move(*recorded)};
  run.summary.number = number;
  run.summary.path = "run.json";
  run.summary.kind = kind_of(run.recorded);
  run.summary.header = testing::header_of("Title");
  run.summary.git = environment_of(run.recorded).git;
  return run;
}

Run bench(int number, double threads_seconds = 4, const std::string& commit = "0123456789abcdef",
          bool dirty = false) {
  testing::FixedExperiment fixed = testing::fixed_experiment();
  const auto near = [&](double seconds) {
    return testing::mode_rounds("threads:workers=2", {seconds, seconds * 1.002, seconds * 0.999});
  };
  fixed.result.modes[1] = near(threads_seconds);
  fixed.result.environment.git = GitState{"main", commit, dirty};
  return run_of(number, testing::bench_run(testing::header_of("Title"), fixed));
}

std::string compared(const Run& first, const Run& second) {
  const Result<std::string> text = run_comparison_text(first, second);
  EXPECT_TRUE(text.has_value());
  return text.value_or("");
}

void expect_in(const std::string& text, const std::string& part) {
  EXPECT_NE(text.find(part), std::string::npos) << part << "\n--\n" << text;
}

TEST(RunComparisonText, BlamesTheCommitWhereTheBaselineAndTheMachineStayed) {
  const std::string text = compared(bench(4), bench(5, 3, "fedcba9876543210"));
  expect_in(text, "Run 4 - Title (bench, ");
  expect_in(text, "mode               run 4, s  run 5, s  5 / 4 (95 %)");
  expect_in(text, "no change shown  –");
  expect_in(text, "faster");
  expect_in(text, "Commit: 0123456789ab (main) → fedcba987654 (main).\n");
  expect_in(text, "Machine: the same processor");
  expect_in(text,
            "Modes changed against blocking, of which no change was shown, so it was not the speed of the "
            "machine; the code differs and the machine does not: it was the code.\n");
}

TEST(RunComparisonText, BlamesNoCodeWhereOthersHadTheCores) {
  auto other = bench(5, 6, "fedcba9876543210");
  std::get<BenchRecord>(other.recorded).result.environment.after.cpu_pressure_seconds = 81.0;
  const std::string text = compared(bench(4), other);
  expect_in(
      text,
      "Other programs had cores during run 5 (for 80 % of the time something waited for one, and for 25 % in "
      "run 4), which slows modes down unlike one another: that is the machine.");
  EXPECT_EQ(text.find("it was the code"), std::string::npos);
}

TEST(RunComparisonText, BlamesTheCodeForWhatOthersDoNotExplain) {
  auto other = bench(5, 2, "fedcba9876543210");
  std::get<BenchRecord>(other.recorded).result.environment.after.cpu_pressure_seconds = 81.0;
  const std::string text = compared(bench(4), other);
  expect_in(
      text,
      "it was the code.\nOther programs had cores during run 5 (for 80 % of the time something waited for "
      "one, and for 25 % in run 4), which does not explain the change of threads:workers=2.\n");
}

TEST(RunComparisonText, SaysThatNothingChanged) {
  const std::string text = compared(bench(4), bench(5));
  expect_in(text, "Commit: 0123456789ab (main) in both runs.\n");
  expect_in(text, "No mode changed by more than noise.\n");
}

TEST(RunComparisonText, DoesNotTrustACommitWithChanges) {
  expect_in(compared(bench(4, 4, "0123456789abcdef", true), bench(5)),
            "but with changes that were not committed");
}

TEST(RunComparisonText, KnowsNoCodeBeforeTheFirstCommit) {
  auto first = bench(4);
  auto second = bench(5, 3);
  first.summary.git->commit.reset();
  second.summary.git->commit.reset();
  const std::string text = compared(first, second);
  expect_in(text, "Commit: none yet in either run.\n");
  expect_in(text, "whether the code differs is not known");
}

TEST(RunComparisonText, SaysThatWhatIsWrittenHasChanged) {
  auto other = bench(5);
  std::get<BenchRecord>(other.recorded).result.hash = "fedcba9876543210fedcba9876543210";
  expect_in(compared(bench(4), other), "what is written is not the same");
}

TEST(RunComparisonText, NamesWhatStandsInTheWay) {
  EXPECT_TRUE(obstacles_to_compare(bench(4), bench(5)).empty());
  auto other = bench(5);
  auto& record = std::get<BenchRecord>(other.recorded);
  record.result.environment.kernel = "Linux 7.0";
  record.sources = 100;
  const auto obstacles = obstacles_to_compare(bench(4), other);
  ASSERT_EQ(obstacles.size(), 2U);
  EXPECT_EQ(obstacles[0], "kernel: Linux 6.1 in run 4, Linux 7.0 in run 5");
  EXPECT_EQ(obstacles[1], "sources: 10 of 10000 bytes in run 4, 100 of 10000 bytes in run 5");
  const std::string text = compared(bench(4), other);
  expect_in(text, "Machine: kernel: Linux 6.1 → Linux 7.0.\n");
  expect_in(text, "Job: sources: 10 of 10000 bytes → 100 of 10000 bytes.\n");
}

TEST(RunComparisonText, JudgesNeitherCodeNorMachineByTwoJobs) {
  auto other = bench(5);
  auto& record = std::get<BenchRecord>(other.recorded);
  record.sources = 100;
  record.result.hash = "of other files";
  const std::string text = compared(bench(4), other);
  EXPECT_TRUE(text.ends_with("The jobs differ, so neither code nor machine is to be judged by this.\n"))
      << text;
}

TEST(RunComparisonText, OfTwoKindsIsRefused) {
  const auto sweep = run_of(5, testing::sweep_run(testing::header_of("Sweep")));
  const Result<std::string> text = run_comparison_text(bench(4), sweep);
  ASSERT_FALSE(text.has_value());
  EXPECT_EQ(text.error().code, ErrorCode::usage);
  EXPECT_EQ(text.error().detail, "this is a sweep, and run 4 is a bench");
}

TEST(RunComparisonText, OfSweepsNamesThePoint) {
  const auto first = run_of(4, testing::sweep_run(testing::header_of("Sweep")));
  const auto second = run_of(5, testing::sweep_run(testing::header_of("Sweep")));
  const std::string text = compared(first, second);
  expect_in(text, "sources  size  workers  mode  run 4, s");
  expect_in(text, "      4  0.5x        1  base");
}

}  // namespace
}  // namespace labday
