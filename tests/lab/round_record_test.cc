#include "lab/round_record.h"

#include <gtest/gtest.h>

#include "support/experiments.h"

namespace labday {
namespace {

using std::chrono::milliseconds;
using testing::task_of;

TEST(RoundRecord, AddsUpTasksAndCountsTimeFromTheBeginningOfTheRun) {
  RecordCollector collector;
  collector.add(task_of(0, 0, milliseconds(101), milliseconds(10), milliseconds(9)));
  collector.add(task_of(1, 1, milliseconds(102), milliseconds(30), milliseconds(30)));
  const RoundRecord record = collector.finish(milliseconds(100), milliseconds(140), {});
  EXPECT_EQ(record.tasks, 2U);
  EXPECT_EQ(record.given_out, milliseconds(2));
  EXPECT_EQ(record.in_tasks, milliseconds(40));
  EXPECT_EQ(record.longest_task, milliseconds(30));
  EXPECT_EQ(record.wall[static_cast<std::size_t>(Stage::encode)], milliseconds(40));
  EXPECT_EQ(record.cpu[static_cast<std::size_t>(Stage::encode)], milliseconds(39));
  EXPECT_EQ(record.bytes_read, 2000U);
  ASSERT_EQ(record.task_rows.size(), 2U);
  EXPECT_EQ(record.task_rows[1].record.started, milliseconds(2));
  EXPECT_EQ(record.task_rows[1].record.ended, milliseconds(32));
}

TEST(RoundRecord, DividesTheIdleTimeOfWorkersAtTheMomentWhenTheLastTaskWasGivenOut) {
  RecordCollector collector;
  collector.add(task_of(0, 0, milliseconds(1), milliseconds(9), milliseconds(9)));    // 1 ms before it
  collector.add(task_of(0, 1, milliseconds(15), milliseconds(5), milliseconds(5)));   // 5 ms
  collector.add(task_of(1, 2, milliseconds(0), milliseconds(10), milliseconds(10)));  // 5 ms until 15
  const RoundRecord record = collector.finish(milliseconds(0), milliseconds(22), {});
  EXPECT_EQ(record.workers_used, 2U);
  EXPECT_FALSE(record.floating);
  EXPECT_EQ(record.idle_before, milliseconds(1 + 5 + 5));
  EXPECT_EQ(record.idle_after, milliseconds(2 + 7));
}

TEST(RoundRecord, TakesTheIdleTimeOfThreadsFromWhatTheySay) {
  RecordCollector collector;
  collector.add(task_of(0, 0, milliseconds(10), milliseconds(30), milliseconds(60)));
  RunRecord run;
  run.workers.resize(2);
  run.workers[0].idle = {{milliseconds(0), milliseconds(10), milliseconds(10)},
                         {milliseconds(35), milliseconds(50), milliseconds(15)}};
  run.workers[1].idle = {{milliseconds(0), milliseconds(20), milliseconds(10)},
                         {milliseconds(38), milliseconds(60), milliseconds(22)}};
  const RoundRecord record = collector.finish(milliseconds(5), milliseconds(40), run);
  EXPECT_TRUE(record.floating);
  EXPECT_EQ(record.workers_used, 2U);
  EXPECT_EQ(record.idle_before, std::chrono::microseconds(7500));
  EXPECT_EQ(record.idle_after, milliseconds(5) + milliseconds(5) + milliseconds(2));
  EXPECT_EQ(record.all_idle_after, milliseconds(2));
}

TEST(RoundRecord, HasRowsOfFewTasksHoweverManyThereAre) {
  RecordCollector collector;
  constexpr std::uint32_t kTasks = 12'345;
  for (std::uint32_t i = 0; i < kTasks; ++i) {
    collector.add(task_of(0, i, milliseconds(i), milliseconds(1), milliseconds(1)));
  }
  const RoundRecord record = collector.finish(milliseconds(0), milliseconds(kTasks), {});
  EXPECT_EQ(record.tasks, kTasks);
  EXPECT_EQ(record.in_tasks, milliseconds(kTasks));
  EXPECT_EQ(record.row_stands_for, 16U);
  EXPECT_LE(record.task_rows.size(), kMostTaskRows);
  for (std::size_t i = 0; i < record.task_rows.size(); ++i)
    EXPECT_EQ(record.task_rows[i].task.source, 16 * i);
}

TEST(RoundRecord, KeepsFewWaitsOfManyWorkers) {
  RecordCollector collector;
  RunRecord run;
  run.workers.resize(500);
  for (WorkerRecord& worker : run.workers) {
    worker.idle.emplace();
    for (int i = 0; i < 50; ++i)
      worker.idle->push_back({milliseconds(2 * i), milliseconds(2 * i + 1), milliseconds(1)});
  }
  RoundRecord record = collector.finish(milliseconds(0), milliseconds(1000), run);
  EXPECT_LE(record.rows(), kMostRows);
  EXPECT_EQ(record.idle_after, milliseconds(500 * 50)) << "the sums are of all";
  record.drop_rows();
  EXPECT_EQ(record.rows(), 0U);
}

}  // namespace
}  // namespace labday
