#include "pipeline/totals.h"

#include <gtest/gtest.h>

namespace labday {
namespace {

TaskResult result(std::uint32_t source, std::uint32_t done, std::uint32_t skipped = 0,
                  std::uint32_t failed = 0, std::uint32_t not_done = 0) {
  TaskResult r;
  r.task = {source, 0, static_cast<std::uint16_t>(done + skipped + failed + not_done)};
  r.done = done;
  r.skipped = skipped;
  r.failed = failed;
  r.not_done = not_done;
  return r;
}

TEST(Totals, AddUpEveryFigureOfEveryTask) {
  TotalsCollector collector(2);
  TaskResult r = result(0, 2, 1, 0, 0);
  r.warnings = 3;
  r.bytes_read = 10;
  r.bytes_written = 20;
  r.pixels = 30;
  r.stage_times[static_cast<std::size_t>(Stage::encode)] = Nanoseconds(40);
  collector.add(r);
  r.task.source = 1;
  collector.add(r);
  const JobTotals totals = collector.totals();
  EXPECT_EQ(totals.renditions, (Counts{4, 2, 0, 0}));
  EXPECT_EQ(totals.warnings, 6U);
  EXPECT_EQ(totals.bytes_read, 20U);
  EXPECT_EQ(totals.bytes_written, 40U);
  EXPECT_EQ(totals.pixels, 60U);
  EXPECT_EQ(totals.stage_times[static_cast<std::size_t>(Stage::encode)], Nanoseconds(80));
}

TEST(Totals, CountASourceOnceByTheWorstOfItsRenditions) {
  TotalsCollector collector(6);
  collector.add(result(0, 1));
  collector.add(result(0, 0, 1));  // done and skipped: done
  collector.add(result(1, 0, 2));  // only skipped
  collector.add(result(2, 1));
  collector.add(result(2, 0, 0, 0, 1));  // done and not done: not done
  collector.add(result(3, 1, 0, 1, 1));  // anything failed: failed
  collector.add(result(4, 5));
  // Source 5 never came back.
  EXPECT_EQ(collector.totals().sources, (Counts{2, 1, 1, 1}));
}

TEST(Totals, KeepTheFirstErrorsSortedByPathAndCountThemAll) {
  TotalsCollector collector(3, 2);
  for (const std::uint32_t source : {2U, 0U, 1U}) {
    TaskResult r = result(source, 0, 0, 1);
    r.errors.push_back({Stage::decode, ErrorCode::corrupt, "photo" + std::to_string(source), "broken"});
    collector.add(r);
  }
  const JobTotals totals = collector.totals();
  EXPECT_EQ(totals.error_count, 3U);
  ASSERT_EQ(totals.errors.size(), 2U);
  EXPECT_EQ(totals.errors[0].path, "photo0");
  EXPECT_EQ(totals.errors[1].path, "photo2");
}

TEST(Totals, CountAnErrorOfASourceOnceThoughEachOfItsTasksReportsIt) {
  TotalsCollector collector(1);
  for (int task = 0; task < 3; ++task) {
    TaskResult r = result(0, 0, 0, 1);
    r.errors.push_back({Stage::decode, ErrorCode::corrupt, "photo", "broken"});
    collector.add(r);
  }
  TaskResult r = result(0, 0, 0, 2);
  r.errors.assign(2, {Stage::write, ErrorCode::exists, "photo", "is there already"});
  collector.add(r);
  EXPECT_EQ(collector.totals().error_count, 3U);
  EXPECT_EQ(collector.totals().errors.size(), 3U);
  EXPECT_EQ(collector.totals().renditions.failed, 5U);
}

}  // namespace
}  // namespace labday
