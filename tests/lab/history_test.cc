#include "lab/history.h"

#include <gtest/gtest.h>

#include <cmath>

#include "support/sweeps.h"

namespace labday {
namespace {

using testing::crossing_sweep;
using testing::fixed_experiment;
using testing::FixedExperiment;

const HistoryMachine kHere{"Example CPU", 2};

JobFacts job_of(std::uint64_t sources, std::uint64_t bytes_each = 200'000) {
  JobFacts job;
  job.sources = sources;
  job.source_bytes = sources * bytes_each;
  job.renditions.resize(2);
  job.renditions[0].scale = {120, 0};
  job.renditions[1].scale = {140, 0};
  job.workers = 2;
  return job;
}

HistoryEntry entry_of(const JobFacts& job, std::vector<HistoryMode> modes) {
  return {"bench", 1, kHere, job, "blocking", std::move(modes)};
}

std::vector<HistoryMode> ranked() {
  return {
      {"blocking", 2, {}, 3}, {"pool", 1, {0.5, Interval{0.49, 0.51}}, 1}, {"threads", 1.01, {0.505, {}}, 1}};
}

bool any(const std::string&) { return true; }

std::string chosen(const History& history, const JobFacts& job, const std::string& preferred = "other") {
  const auto choice = choose_mode(history, kHere, job, preferred, any);
  return choice ? choice->mode : "none";
}

TEST(Unlikeness, GrowsWithEachFactorUpToFour) {
  const JobFacts job = job_of(10);
  EXPECT_DOUBLE_EQ(unlikeness(job, job).value(), 0);
  EXPECT_NEAR(unlikeness(job, job_of(20)).value(), std::log(2), 1e-9);
  EXPECT_NEAR(unlikeness(job, job_of(20, 400'000)).value(), 2 * std::log(2), 1e-9);
  EXPECT_TRUE(unlikeness(job, job_of(10, 800'000)).has_value());
  EXPECT_FALSE(unlikeness(job, job_of(10, 900'000)).has_value());
  EXPECT_FALSE(unlikeness(job, job_of(2)).has_value());
}

TEST(Unlikeness, CountsNoMoreSourcesThanMatter) {
  EXPECT_DOUBLE_EQ(unlikeness(job_of(32), job_of(1'000'000)).value(), 0);
  EXPECT_NEAR(unlikeness(job_of(16), job_of(1'000'000)).value(), std::log(2), 1e-9);
}

TEST(Unlikeness, IsNoneAcrossWorkersGrainsFiltersLevelsAndKindsOfSize) {
  const JobFacts job = job_of(10);
  const auto with = [&](auto change) {
    JobFacts other = job;
    change(other);
    return unlikeness(job, other).has_value();
  };
  EXPECT_TRUE(with([](JobFacts&) {}));
  EXPECT_FALSE(with([](JobFacts& other) { other.workers = 4; }));
  EXPECT_FALSE(with([](JobFacts& other) { other.grain = Grain::rendition; }));
  EXPECT_FALSE(with([](JobFacts& other) { other.renditions[0].level = PngLevel::small; }));
  EXPECT_FALSE(with([](JobFacts& other) { other.renditions[0].filter = Filter::lanczos; }));
  EXPECT_FALSE(with([](JobFacts& other) { other.renditions[0].width = 800; }));
  EXPECT_FALSE(with([](JobFacts& other) { other.renditions.assign(1, {{10, 0}, 0, {}, {}}); }));
  EXPECT_FALSE(with([](JobFacts& other) { other.sources = 0; }));
}

TEST(ChooseMode, TakesTheFastestOfTheMostSimilarJob) {
  const History history{entry_of(job_of(40), {{"far", 1, {}, 1}}), entry_of(job_of(12), ranked()),
                        entry_of(job_of(20), {{"farther", 1, {}, 1}})};
  EXPECT_EQ(chosen(history, job_of(10)), "pool");
  const auto choice = choose_mode(history, kHere, job_of(10), "other", any);
  EXPECT_EQ(choice->from.job.sources, 12U);
  EXPECT_EQ(choice->as_fast, 1U);
}

TEST(ChooseMode, KeepsToTheRuleWhereNothingIsFasterBeyondTheNoise) {
  const History history{entry_of(job_of(10), ranked())};
  EXPECT_EQ(chosen(history, job_of(10), "threads"), "threads")
      << "slower by its mean, but it shares the first place";
  EXPECT_EQ(chosen(history, job_of(10), "blocking"), "pool") << "beyond the noise slower";
}

TEST(ChooseMode, PrefersTheNewestOfSeveralThatAreAlike) {
  const History history{entry_of(job_of(10), {{"old", 1, {}, 1}}), entry_of(job_of(10), {{"new", 1, {}, 1}})};
  EXPECT_EQ(chosen(history, job_of(10)), "new");
}

TEST(ChooseMode, ChoosesNothingFromOtherMachinesOrUnlikeJobs) {
  History history{entry_of(job_of(10), ranked())};
  EXPECT_EQ(chosen({}, job_of(10)), "none");
  EXPECT_EQ(chosen(history, job_of(100)), "pool") << "plenty";
  EXPECT_EQ(chosen(history, job_of(1)), "none");
  history[0].machine.cores = 4;
  EXPECT_EQ(chosen(history, job_of(10)), "none");
  history[0].machine = {"", 2};
  EXPECT_FALSE(choose_mode(history, {"", 2}, job_of(10), "other", any).has_value())
      << "no name tells that it is the same processor";
}

TEST(ChooseMode, PassesOverModesThatCannotBeUsed) {
  const History history{entry_of(job_of(10), ranked())};
  const auto no_pool = [](const std::string& mode) { return mode != "pool"; };
  EXPECT_EQ(choose_mode(history, kHere, job_of(10), "other", no_pool)->mode, "threads");
  const auto nothing = [](const std::string&) { return false; };
  EXPECT_FALSE(choose_mode(history, kHere, job_of(10), "other", nothing).has_value());
}

TEST(Remember, ReplacesAnOlderEntryOfTheSameAndForgetsTheOldest) {
  History history;
  for (std::uint64_t i = 1; i <= kMostHistoryEntries + 5; ++i)
    remember(history, {entry_of(job_of(i), ranked())});
  ASSERT_EQ(history.size(), kMostHistoryEntries);
  EXPECT_EQ(history.front().job.sources, 6U);
  HistoryEntry again = entry_of(job_of(50), {{"new", 1, {}, 1}});
  remember(history, {again});
  EXPECT_EQ(history.size(), kMostHistoryEntries);
  EXPECT_EQ(history.back().modes[0].mode, "new");
}

TEST(HistoryOf, ABenchIsItsRankedModesThatDidNotFail) {
  FixedExperiment fixed = fixed_experiment();
  const History history = history_of(fixed.plan, fixed.result, 1234);
  ASSERT_EQ(history.size(), 1U);
  EXPECT_EQ(history[0].command, "bench");
  EXPECT_EQ(history[0].unix_time, 1234);
  EXPECT_EQ(history[0].machine, kHere);
  EXPECT_EQ(history[0].job.sources, 10U);
  EXPECT_EQ(history[0].job.source_bytes, 10'000U);
  ASSERT_EQ(history[0].modes.size(), 2U);
  EXPECT_EQ(history[0].modes[1].place, 1);
  EXPECT_NEAR(history[0].modes[1].ratio.value, 0.535, 0.001);
  fixed.result.failures = {{"threads:workers=2", 2, {}}};
  EXPECT_EQ(history_of(fixed.plan, fixed.result, 1)[0].modes.size(), 1U);
  fixed.result.disagreement = Disagreement{"threads:workers=2", 2, {}};
  EXPECT_TRUE(history_of(fixed.plan, fixed.result, 1).empty());
}

TEST(HistoryOf, ASweepIsAnEntryAPointWithItsOwnNumberOfSources) {
  const SweepRecord record = crossing_sweep();
  const History history = history_of(record.plan, record.result, 1);
  ASSERT_EQ(history.size(), 12U);
  EXPECT_EQ(history.front().command, "sweep");
  EXPECT_EQ(history.front().job.sources, 4U);
  EXPECT_EQ(history.front().job.workers, 1);
  EXPECT_EQ(history.back().job.sources, 16U);
  EXPECT_EQ(history.back().job.workers, 2);
  EXPECT_EQ(history.back().modes.size(), 3U);
}

}  // namespace
}  // namespace labday
