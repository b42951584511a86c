#include "report/lanes.h"

#include <gtest/gtest.h>

#include <chrono>

namespace labday {
namespace {

using std::chrono::microseconds;

TaskRow row(int worker, int started, int ended) {
  TaskRow made;
  made.record.worker = worker;
  made.record.started = microseconds(started);
  made.record.ended = microseconds(ended);
  return made;
}

std::vector<std::string> titles(const std::vector<Lane>& lanes) {
  std::vector<std::string> list;
  for (const Lane& lane : lanes) list.push_back(lane.title());
  return list;
}

TEST(Lanes, AWorkerWhoseTasksFollowOneAnotherHasOne) {
  RoundRecord record;
  record.task_rows = {row(1, 50, 90), row(0, 0, 40), row(1, 10, 50), row(0, 40, 60)};
  const std::vector<Lane> lanes = lanes_of(record);
  EXPECT_EQ(titles(lanes), (std::vector<std::string>{"worker 1", "worker 2"}));
  EXPECT_EQ(lanes[0].tasks, (std::vector<std::size_t>{1, 3}));
  EXPECT_EQ(lanes[1].tasks, (std::vector<std::size_t>{2, 0})) << "a task may begin when the one before ends";
}

TEST(Lanes, TasksThatOverlapTakeTheFirstLaneThatIsFree) {
  RoundRecord record;
  record.task_rows = {row(0, 0, 30), row(0, 10, 20), row(0, 15, 40), row(0, 20, 25), row(0, 30, 50)};
  const std::vector<Lane> lanes = lanes_of(record);
  EXPECT_EQ(titles(lanes), (std::vector<std::string>{"worker 1", "worker 1, lane 2", "worker 1, lane 3"}));
  EXPECT_EQ(lanes[0].tasks, (std::vector<std::size_t>{0, 4}));
  EXPECT_EQ(lanes[1].tasks, (std::vector<std::size_t>{1, 3}));
  EXPECT_EQ(lanes[2].tasks, (std::vector<std::size_t>{2}));
}

TEST(Lanes, AWorkerWithoutATaskHasAnEmptyOne) {
  RoundRecord record;
  record.task_rows = {row(0, 0, 30)};
  record.worker_rows.resize(2);
  record.worker_rows[1].worker = 1;
  const std::vector<Lane> lanes = lanes_of(record);
  EXPECT_EQ(titles(lanes), (std::vector<std::string>{"worker 1", "worker 2"}));
  EXPECT_TRUE(lanes[1].tasks.empty());
}

TEST(Waits, CountFromTheBeginningOfTheRun) {
  WorkerRecord worker;
  EXPECT_TRUE(waits_of(worker).empty());
  worker.idle = std::vector<IdleSpan>{{microseconds(-20), microseconds(-5), microseconds(15)},
                                      {microseconds(-5), microseconds(10), microseconds(15)},
                                      {microseconds(30), microseconds(50), microseconds(12)}};
  EXPECT_EQ(waits_of(worker),
            (std::vector<IdleSpan>{{microseconds(0), microseconds(10), microseconds(10)},
                                   {microseconds(30), microseconds(50), microseconds(12)}}));
}

TEST(StageSpans, StandOneBehindTheOtherWithinTheTask) {
  TaskRow task = row(0, 100, 200);
  task.wall[static_cast<std::size_t>(Stage::read)] = microseconds(10);
  task.wall[static_cast<std::size_t>(Stage::encode)] = microseconds(60);
  const auto spans = stage_spans(task);
  EXPECT_EQ(spans[static_cast<std::size_t>(Stage::read)], (Span{microseconds(100), microseconds(110)}));
  EXPECT_EQ(spans[static_cast<std::size_t>(Stage::decode)], std::nullopt);
  EXPECT_EQ(spans[static_cast<std::size_t>(Stage::encode)], (Span{microseconds(110), microseconds(170)}));
}

TEST(StageSpans, AreShortenedInProportionWhereSeveralWorkersTookPart) {
  TaskRow task = row(0, 0, 100);
  task.wall[static_cast<std::size_t>(Stage::resize)] = microseconds(50);
  task.wall[static_cast<std::size_t>(Stage::encode)] = microseconds(150);
  const auto spans = stage_spans(task);
  EXPECT_EQ(spans[static_cast<std::size_t>(Stage::resize)], (Span{microseconds(0), microseconds(25)}));
  EXPECT_EQ(spans[static_cast<std::size_t>(Stage::encode)], (Span{microseconds(25), microseconds(100)}));
}

TEST(StageSpans, OfATaskWithoutTimeAreNone) {
  TaskRow task = row(0, 100, 90);
  task.wall[static_cast<std::size_t>(Stage::read)] = microseconds(10);
  for (const auto& span : stage_spans(task)) EXPECT_EQ(span, std::nullopt);
}

TEST(TaskTitle, CountsFromOne) {
  EXPECT_EQ(task_title({2, 0, 5}), "source 3, renditions 1 to 5");
  EXPECT_EQ(task_title({0, 1, 2}), "source 1, rendition 2");
}

}  // namespace
}  // namespace labday
