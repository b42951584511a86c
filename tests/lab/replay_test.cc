#include "lab/replay.h"

#include <gtest/gtest.h>

#include <vector>

namespace labday {
namespace {

Scheduling workers(int count) {
  Scheduling scheduling;
  scheduling.workers = scheduling.at_once = count;
  return scheduling;
}

Replay play(const std::vector<TaskCost>& tasks, const Scheduling& scheduling,
            const SharedLimits& limits = {8, {}}, const Overheads& overheads = {}) {
  return replay(
      tasks.size(), [&](std::uint64_t i) -> const TaskCost& { return tasks[i]; }, scheduling, overheads,
      limits);
}

TaskCost task(double seconds) { return {seconds, 0, 0, 0, 0}; }

TEST(Replay, GivesEachTaskToTheWorkerThatIsFreeFirst) {
  EXPECT_DOUBLE_EQ(play({task(4), task(3), task(3), task(1)}, workers(1)).seconds, 11);
  EXPECT_DOUBLE_EQ(play({task(4), task(3), task(3), task(1)}, workers(2)).seconds, 6);
  EXPECT_DOUBLE_EQ(play({task(4), task(3), task(3), task(1)}, workers(3)).seconds, 4);
}

TEST(Replay, LetsNoMoreWorkersWorkThanTheModeDoes) {
  Scheduling scheduling = workers(4);
  scheduling.at_once = 1;
  EXPECT_DOUBLE_EQ(play({task(1), task(1), task(1)}, scheduling).seconds, 3);
}

TEST(Replay, LetsNoMoreWorkersComputeThanThereAreCoresButMoreWaitForFiles) {
  const std::vector<TaskCost> computing(8, task(1));
  EXPECT_DOUBLE_EQ(play(computing, workers(8), {2, {}}).seconds, 4);
  const std::vector<TaskCost> waiting(8, TaskCost{0, 0, 1, 0, 0});
  EXPECT_DOUBLE_EQ(play(waiting, workers(8), {2, {}}).seconds, 1);
}

TEST(Replay, SharesTheBandwidthOfTheStorage) {
  const std::vector<TaskCost> tasks(6, TaskCost{0.1, 0, 0, 0, 100});
  const Replay replay = play(tasks, workers(6), {6, 200});
  EXPECT_DOUBLE_EQ(replay.seconds, 3.1);
  EXPECT_DOUBLE_EQ(replay.storage_busy, 3);
}

TEST(Replay, AddsWhatAModeCosts) {
  EXPECT_DOUBLE_EQ(play({task(1), task(1)}, workers(1), {1, {}}, {0.5, 0, 0, 0}).seconds, 2.5);
  EXPECT_DOUBLE_EQ(play({task(1), task(1)}, workers(1), {1, {}}, {0, 0.25, 0, 0}).seconds, 2.5);
  Scheduling processes = workers(1);
  EXPECT_DOUBLE_EQ(play({task(1), task(1)}, processes, {1, {}}, {0, 0, 0.5, 0}).seconds, 2)
      << "none is made during the run";
  processes.batches_a_worker = 1;
  EXPECT_DOUBLE_EQ(play({task(1), task(1)}, processes, {1, {}}, {0, 0, 0.5, 0}).seconds, 3);
}

TEST(Replay, IsHeldUpByWhoHandsOutOneTaskAfterTheOther) {
  const std::vector<TaskCost> tasks(100, task(1));
  const Replay replay = play(tasks, workers(100), {100, {}}, {0, 0, 0, 0.5});
  EXPECT_DOUBLE_EQ(replay.seconds, 51);
  EXPECT_DOUBLE_EQ(replay.hand_out_busy, 50);
}

TEST(Replay, GivesBatchesToOneWorker) {
  Scheduling scheduling = workers(2);
  scheduling.batch = 3;
  EXPECT_DOUBLE_EQ(play(std::vector<TaskCost>(4, task(1)), scheduling).seconds, 3);
}

TEST(Replay, DividesTheLastTasksAmongAllWhereTheModeSplitsThem) {
  Scheduling scheduling = workers(4);
  const std::vector<TaskCost> tasks{{1, 7, 0, 0, 0}};
  EXPECT_DOUBLE_EQ(play(tasks, scheduling).seconds, 8);
  scheduling.splits = true;
  EXPECT_DOUBLE_EQ(play(tasks, scheduling).seconds, 1 + 7.0 / 4);
}

TEST(Replay, ReadsAheadWhereFilesAreAwaited) {
  const std::vector<TaskCost> tasks(4, TaskCost{1, 0, 1, 0, 0});
  Scheduling scheduling = workers(1);
  EXPECT_DOUBLE_EQ(play(tasks, scheduling).seconds, 8);
  scheduling.inflight = 2;
  EXPECT_DOUBLE_EQ(play(tasks, scheduling).seconds, 5);
}

TEST(Replay, OfAMillionTasksOnManyWorkersKeepsThemBusy) {
  const std::vector<TaskCost> one{task(0.01)};
  const Replay million = replay(1'000'000, [&](std::uint64_t) -> const TaskCost& { return one.front(); },
                                workers(64), {}, {64, {}});
  EXPECT_NEAR(million.seconds, 1e4 / 64, 0.011);
}

}  // namespace
}  // namespace labday
