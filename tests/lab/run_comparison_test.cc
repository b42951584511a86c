#include "lab/run_comparison.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "support/experiments.h"
#include "support/sweeps.h"

namespace labday {
namespace {

using testing::fixed_experiment;
using testing::round_of;

/// Ten rounds of `blocking` and `threads:workers=2` around these seconds, with noise of this share.
BenchRecord run_with(double blocking, double threads, double noise, unsigned seed, int rounds = 10) {
  testing::FixedExperiment fixed = fixed_experiment();
  std::mt19937 random(seed);
  std::normal_distribution<double> normal(0, noise);
  const auto draw = [&](double seconds) {
    std::vector<std::optional<RoundResult>> drawn;
    for (int i = 0; i < rounds; ++i) drawn.emplace_back(round_of(seconds * std::exp(normal(random))));
    return drawn;
  };
  fixed.result.modes = {{"blocking", draw(blocking)}, {"threads:workers=2", draw(threads)}};
  fixed.result.control = draw(blocking);
  fixed.result.order.clear();
  for (int block = 1; block <= rounds; ++block) {
    fixed.result.order.push_back({block, 1, "blocking", false});
    fixed.result.order.push_back({block, 2, "threads:workers=2", false});
    fixed.result.order.push_back({block, 3, "blocking", true});
  }
  return bench_record(fixed.plan, fixed.result);
}

TEST(RunComparison, SeesThatAllModesBecameSlowerAlike) {
  const RunComparison comparison = compare_runs(run_with(8, 4, 0.005, 1), run_with(8.8, 4.4, 0.005, 2));
  EXPECT_EQ(comparison.pattern, Pattern::alike);
  ASSERT_EQ(comparison.points.size(), 1U);
  for (const ModeChange& mode : comparison.points[0].modes) {
    EXPECT_EQ(mode.verdict, Verdict::slower) << mode.mode;
    EXPECT_NEAR(mode.seconds.value, 1.1, 0.01);
    ASSERT_TRUE(mode.seconds.interval.has_value());
    EXPECT_LT(mode.seconds.interval->low, 1.1);
    EXPECT_GT(mode.seconds.interval->high, 1.1);
  }
  EXPECT_FALSE(comparison.points[0].modes[0].against_baseline.has_value());
  EXPECT_EQ(comparison.points[0].modes[1].verdict_against_baseline, Verdict::none);
}

TEST(RunComparison, SeesThatOneModeChangedAndTheBaselineDidNot) {
  const RunComparison comparison = compare_runs(run_with(8, 4, 0.005, 3), run_with(8, 3.2, 0.005, 4));
  EXPECT_EQ(comparison.pattern, Pattern::single);
  EXPECT_EQ(comparison.points[0].modes[0].verdict, Verdict::none);
  EXPECT_EQ(comparison.points[0].modes[1].verdict, Verdict::faster);
  EXPECT_EQ(comparison.points[0].modes[1].verdict_against_baseline, Verdict::faster);
  EXPECT_NEAR(comparison.points[0].modes[1].against_baseline->value, 0.8, 0.01);
  EXPECT_NEAR(comparison.points[0].modes[1].first_seconds, 4, 0.05);
  EXPECT_NEAR(comparison.points[0].modes[1].second_seconds, 3.2, 0.05);
}

TEST(RunComparison, SeesThatTheBaselineChangedAndTheRestDidNot) {
  EXPECT_EQ(compare_runs(run_with(8, 4, 0.005, 5), run_with(9, 4, 0.005, 6)).pattern, Pattern::baseline);
}

TEST(RunComparison, ConcludesNothingFromRunsWithTwoBaselines) {
  BenchRecord second = run_with(8, 3.2, 0.005, 4);
  second.plan.baseline = "threads:workers=2";
  second.result.control = run_with(3.2, 8, 0.005, 5).result.control;
  EXPECT_EQ(compare_runs(run_with(8, 4, 0.005, 3), second).pattern, Pattern::mixed);
}

TEST(RunComparison, OfARunWithItselfShowsNothing) {
  const BenchRecord run = run_with(8, 4, 0.01, 7);
  const RunComparison comparison = compare_runs(run, run);
  EXPECT_EQ(comparison.pattern, Pattern::none);
  EXPECT_DOUBLE_EQ(comparison.points[0].modes[1].seconds.value, 1);
  EXPECT_DOUBLE_EQ(comparison.points[0].modes[1].against_baseline->value, 1);
}

// Both runs from one distribution: a claim in at most 5 % of the pairs, and the simulation's own noise.
TEST(RunComparison, SeldomClaimsAChangeWhereThereIsNone) {
  constexpr unsigned kPairs = 400;
  int claims = 0;
  for (unsigned pair = 0; pair < kPairs; ++pair) {
    const RunComparison comparison =
        compare_runs(run_with(8, 4, 0.03, 1000 + 2 * pair), run_with(8, 4, 0.03, 1001 + 2 * pair));
    claims += comparison.pattern == Pattern::none ? 0 : 1;
  }
  EXPECT_LE(claims, 0.05 * kPairs + 3 * std::sqrt(0.05 * 0.95 * kPairs));
}

TEST(RunComparison, CallsAChangeBelowTheNoiseFloorNone) {
  BenchRecord noisy = run_with(8, 4, 0.001, 8);
  for (auto& round : noisy.result.control) round = round_of(8.8);  // the baseline against itself: 10 %
  const RunComparison comparison = compare_runs(noisy, run_with(8, 4.2, 0.001, 9));
  EXPECT_NEAR(*comparison.points[0].noise_floor_share, 0.1, 0.01);
  EXPECT_EQ(comparison.points[0].modes[1].verdict, Verdict::none);
  EXPECT_GT(comparison.points[0].modes[1].seconds.interval->low, 1.03) << "though it is significant";
}

/// Every round has records, in which the workers of `threads` waited for a core that long.
BenchRecord waited(BenchRecord run, Nanoseconds delay) {
  using std::chrono::milliseconds;
  for (auto& round : run.result.modes[1].rounds) {
    RoundRecord record;
    record.tasks = 10;
    record.workers_used = 2;
    record.in_tasks = 2 * round->wall;
    record.given_out = round->wall;
    record.longest_task = milliseconds(100);
    record.wall[static_cast<std::size_t>(Stage::encode)] = record.in_tasks;
    const Nanoseconds worked = record.in_tasks - delay;
    record.cpu[static_cast<std::size_t>(Stage::encode)] = worked;
    record.workers.cpu = worked;
    record.workers.run_delay = delay;
    record.machine_busy = 2 * round->wall;
    record.stolen = Nanoseconds(0);
    round->record = record;
  }
  return run;
}

TEST(RunComparison, NamesTheRunDuringWhichOthersHadTheCores) {
  using std::chrono::milliseconds;
  const BenchRecord quiet = waited(run_with(8, 4, 0.005, 20), milliseconds(40));
  const BenchRecord disturbed = waited(run_with(8, 6, 0.005, 21), milliseconds(4800));
  const RunComparison comparison = compare_runs(quiet, disturbed);
  ASSERT_TRUE(comparison.disturbance.has_value());
  EXPECT_TRUE(comparison.disturbance->in_second);
  EXPECT_EQ(comparison.disturbance->mode, "threads:workers=2");
  EXPECT_NEAR(comparison.disturbance->first_share, 0.005, 0.003);
  EXPECT_NEAR(comparison.disturbance->second_share, 0.4, 0.02);
  EXPECT_FALSE(compare_runs(disturbed, quiet).disturbance->in_second);
  EXPECT_FALSE(compare_runs(disturbed, disturbed).disturbance.has_value());
  EXPECT_FALSE(compare_runs(quiet, quiet).disturbance.has_value());
}

TEST(RunComparison, LetsADisturbanceExplainOnlyWhatIsNotLeftWithoutIt) {
  using std::chrono::milliseconds;
  const BenchRecord quiet = waited(run_with(8, 4, 0.005, 24), milliseconds(320));  // 4 %
  // 16 %: four seconds become 4.57 by that alone.
  const auto disturbed = [](double seconds, unsigned seed) {
    return waited(run_with(8, seconds, 0.005, seed), milliseconds(static_cast<int>(320 * seconds)));
  };
  using Modes = std::vector<std::string>;
  EXPECT_EQ(compare_runs(quiet, disturbed(4.57, 25)).disturbance->unexplained, Modes{});
  EXPECT_EQ(compare_runs(quiet, disturbed(4.4, 26)).disturbance->unexplained, Modes{});
  EXPECT_EQ(compare_runs(disturbed(4.57, 27), quiet).disturbance->unexplained, Modes{});
  const Modes threads{"threads:workers=2"};
  EXPECT_EQ(compare_runs(quiet, disturbed(8, 28)).disturbance->unexplained, threads);
  EXPECT_EQ(compare_runs(quiet, disturbed(2, 29)).disturbance->unexplained, threads);
  EXPECT_EQ(compare_runs(disturbed(2, 30), quiet).disturbance->unexplained, threads);
}

TEST(RunComparison, LetsADisturbanceOfOneModeExplainNoOther) {
  using std::chrono::milliseconds;
  const BenchRecord quiet = waited(run_with(8, 4, 0.005, 31), milliseconds(320));
  const BenchRecord disturbed = waited(run_with(16, 4, 0.005, 32), milliseconds(1280));
  const RunComparison comparison = compare_runs(quiet, disturbed);
  ASSERT_TRUE(comparison.disturbance.has_value());
  EXPECT_EQ(comparison.disturbance->mode, "threads:workers=2");
  // What changed is the baseline, and against it the mode that lost less than that.
  EXPECT_EQ(comparison.disturbance->unexplained, (std::vector<std::string>{"blocking", "threads:workers=2"}));
}

TEST(RunComparison, LetsALoadedMachineExplainNothingThatWasFasterMeanwhile) {
  const BenchRecord quiet = run_with(8, 4, 0.005, 33);
  const auto loaded = [](double blocking, double threads, unsigned seed) {
    BenchRecord run = run_with(blocking, threads, 0.005, seed);
    run.result.environment.after.cpu_pressure_seconds = 81.0;
    return run;
  };
  using Modes = std::vector<std::string>;
  EXPECT_EQ(compare_runs(quiet, loaded(8, 6, 44)).disturbance->unexplained, Modes{});
  EXPECT_EQ(compare_runs(quiet, loaded(8, 2, 35)).disturbance->unexplained, Modes{"threads:workers=2"});
  EXPECT_EQ(compare_runs(loaded(8, 6, 36), quiet).disturbance->unexplained, Modes{});
  EXPECT_EQ(compare_runs(loaded(8, 2, 37), quiet).disturbance->unexplained, Modes{"threads:workers=2"});
  // Faster than a baseline that was slowed down is no contradiction.
  EXPECT_EQ(compare_runs(quiet, loaded(12, 4, 38)).disturbance->unexplained, Modes{});
}

TEST(RunComparison, WithoutRecordsGoesByWhatWaitedForACore) {
  const BenchRecord quiet = run_with(8, 4, 0.005, 22);
  BenchRecord disturbed = run_with(8, 6, 0.005, 23);
  disturbed.result.environment.after.cpu_pressure_seconds = 81.0;  // 80 % of the time, not 25 %
  const RunComparison comparison = compare_runs(quiet, disturbed);
  ASSERT_TRUE(comparison.disturbance.has_value());
  EXPECT_TRUE(comparison.disturbance->in_second && comparison.disturbance->mode.empty());
  EXPECT_NEAR(comparison.disturbance->second_share, 0.8, 1e-9);
  EXPECT_FALSE(compare_runs(quiet, quiet).disturbance.has_value());
}

TEST(RunComparison, OfSingleRoundsSaysNothing) {
  const RunComparison comparison = compare_runs(run_with(8, 4, 0.01, 10, 1), run_with(9, 5, 0.01, 11, 1));
  EXPECT_EQ(comparison.pattern, Pattern::unknown);
  EXPECT_EQ(comparison.points[0].modes[0].verdict, Verdict::unknown);
  EXPECT_FALSE(comparison.points[0].modes[0].seconds.interval.has_value());
  EXPECT_FALSE(comparison.points[0].noise_floor_share.has_value());
}

TEST(RunComparison, NamesTheModesThatOnlyOneRunHas) {
  BenchRecord other = run_with(8, 4, 0.01, 12);
  other.plan.modes[1] = other.result.modes[1].mode = "async";
  const RunComparison comparison = compare_runs(run_with(8, 4, 0.01, 13), other);
  EXPECT_EQ(comparison.only_first, std::vector<std::string>{"threads:workers=2"});
  EXPECT_EQ(comparison.only_second, std::vector<std::string>{"async"});
  ASSERT_EQ(comparison.points[0].modes.size(), 1U);
}

TEST(RunComparison, ComparesSweepsPointByPoint) {
  const SweepRecord first = testing::crossing_sweep();
  SweepPlan plan = testing::small_grid();
  plan.sources = {1, 4};  // one of which the first sweep has
  const SweepRecord second =
      testing::sweep_with(plan, [](std::size_t mode, double sources, double size, int workers) {
        const double work = sources * size * size;
        if (mode == 0) return 0.2 * work;
        if (mode == 1) return 1 + 0.1 * work / workers;
        return 1.5 * (3 + 0.3 * work / workers);
      });
  const RunComparison comparison = compare_runs(first, second);
  ASSERT_EQ(comparison.points.size(), 4U);  // of 8 sources: two sizes, two counts of workers
  for (const PointChange& point : comparison.points) {
    EXPECT_EQ(point.at.sources, 8U);
    EXPECT_EQ(point.modes[1].verdict, Verdict::none);
    EXPECT_EQ(point.modes[2].verdict, Verdict::slower);
  }
  EXPECT_EQ(comparison.pattern, Pattern::single);
}

TEST(RunComparison, AfterADisagreementHasNothingToCompare) {
  BenchRecord wrong = run_with(8, 4, 0.01, 14);
  wrong.result.disagreement = Disagreement{"threads:workers=2", 1, {Difference::Kind::differs, "a-120.png"}};
  EXPECT_TRUE(compare_runs(wrong, run_with(8, 4, 0.01, 15)).points.empty());
}

TEST(RunComparison, NamesInWhatTheJobsDiffer) {
  const BenchRecord run = run_with(8, 4, 0.01, 16);
  EXPECT_TRUE(job_differences(run, run).empty());
  BenchRecord other = run;
  other.sources = 100;
  other.plan.workers = 4;
  other.plan.job.renditions.pop_back();
  const auto differences = job_differences(run, other);
  ASSERT_EQ(differences.size(), 3U);
  EXPECT_EQ(differences[0].what, "sources");
  EXPECT_EQ(differences[1].what, "renditions");
  EXPECT_EQ(differences[2].what, "workers");
  SweepRecord sweep = testing::crossing_sweep();
  sweep.sources_hash[0] = 'f';
  EXPECT_EQ(job_differences(testing::crossing_sweep(), sweep).size(), 1U);
}

}  // namespace
}  // namespace labday
