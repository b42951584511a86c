#include "lab/sweep_plan.h"

#include <gtest/gtest.h>

#include <numeric>
#include <set>

#include "support/sweeps.h"

namespace labday {
namespace {

using testing::small_grid;

TEST(SweepGrid, HasAJobForEachNumberAndSizeAndAPointForEachCountOfWorkers) {
  const SweepGrid grid(small_grid());
  EXPECT_EQ(grid.jobs().size(), 6U);
  EXPECT_EQ(grid.points().size(), 12U);
  for (std::size_t job = 0; job < grid.jobs().size(); ++job) {
    EXPECT_EQ(grid.job(grid.jobs()[job].sources, grid.jobs()[job].size), job);
    for (std::size_t workers = 0; workers < 2; ++workers) {
      const SweepPoint& point = grid.points()[grid.point(job, workers)];
      EXPECT_EQ(point.job, job);
      EXPECT_EQ(point.workers, workers);
    }
  }
}

TEST(SweepGrid, TimesAModeWithoutWorkersOnceAJobAndSoItsControl) {
  const SweepPlan plan = small_grid();
  const SweepGrid grid(plan);
  // Of each job: base and its control once, fast and slow with both counts.
  EXPECT_EQ(grid.entries().size(), 6U * (2 + 2 * 2));
  EXPECT_EQ(grid.entry(grid.point(3, 0), 0), grid.entry(grid.point(3, 1), 0));
  EXPECT_EQ(grid.control(grid.point(3, 0)), grid.control(grid.point(3, 1)));
  EXPECT_NE(grid.entry(grid.point(3, 0), 1), grid.entry(grid.point(3, 1), 1));
  std::set<std::size_t> used;
  for (std::size_t point = 0; point < grid.points().size(); ++point) {
    for (std::size_t mode = 0; mode < plan.modes.size(); ++mode) {
      const SweepEntry& entry = grid.entries()[grid.entry(point, mode)];
      EXPECT_EQ(entry.mode, mode);
      EXPECT_EQ(entry.job, grid.points()[point].job);
      EXPECT_FALSE(entry.control);
      EXPECT_TRUE(mode == 0 || entry.workers == grid.points()[point].workers);
      used.insert(grid.entry(point, mode));
    }
    EXPECT_TRUE(grid.entries()[grid.control(point)].control);
    EXPECT_EQ(grid.entries()[grid.control(point)].mode, grid.baseline());
    used.insert(grid.control(point));
  }
  EXPECT_EQ(used.size(), grid.entries().size());
}

TEST(SourceCount, IsRoundedAndAtLeastOne) {
  EXPECT_EQ(source_count(1, 10), 10U);
  EXPECT_EQ(source_count(0.1, 10), 1U);
  EXPECT_EQ(source_count(0.25, 10), 3U);
  EXPECT_EQ(source_count(0.001, 10), 1U);
  EXPECT_EQ(source_count(10, 7), 70U);
}

TEST(PickSources, RepeatsAllOfThemAsOftenAsThatGoes) {
  const std::vector<std::uint64_t> bytes{5, 1, 3};
  EXPECT_EQ(pick_sources(bytes, 3), (std::vector<std::size_t>{0, 1, 2}));
  EXPECT_EQ(pick_sources(bytes, 7), (std::vector<std::size_t>{0, 1, 2, 0, 1, 2, 2}))
      << "and one of middle size";
}

TEST(PickSources, SamplesSmallAndLargeOnesSoThatTheMeanStays) {
  std::vector<std::uint64_t> bytes(1000);
  std::iota(bytes.begin(), bytes.end(), 1U);
  for (const std::uint64_t count : {1U, 3U, 10U, 137U, 999U}) {
    const std::vector<std::size_t> picked = pick_sources(bytes, count);
    ASSERT_EQ(picked.size(), count);
    EXPECT_EQ(std::set<std::size_t>(picked.begin(), picked.end()).size(), count) << "none of them twice";
    double sum = 0;
    for (const std::size_t place : picked) sum += static_cast<double>(bytes[place]);
    EXPECT_NEAR(sum / static_cast<double>(count), 500.5, 2) << count;
  }
}

TEST(CheckSweep, RefusesFactorsThatAreTheSameNumberOfSources) {
  SweepPlan plan = small_grid();
  EXPECT_TRUE(check_sweep(plan).has_value());
  plan.sources = {0.1, 0.125};
  const Result<void> checked = check_sweep(plan);
  ASSERT_FALSE(checked.has_value());
  EXPECT_EQ(checked.error().detail, "--sources 0.1x and 0.125x of 8 are both 1");
}

TEST(CheckSweep, RefusesGridsThatAreTooLarge) {
  SweepPlan plan = small_grid();
  plan.sources = {1e6};
  EXPECT_FALSE(check_sweep(plan).has_value());
  plan.sources = {1};
  plan.workers.resize(1000);
  std::iota(plan.workers.begin(), plan.workers.end(), 1);
  EXPECT_FALSE(check_sweep(plan).has_value());
}

}  // namespace
}  // namespace labday
