#include "pipeline/stage_cpu.h"

#include <gtest/gtest.h>

#include <thread>

#include "pipeline/stages.h"

namespace labday {
namespace {

using std::chrono::milliseconds;

void burn(Nanoseconds cpu) {
  const Nanoseconds begin = thread_cpu_time();
  while (thread_cpu_time() - begin < cpu) {
  }
}

std::size_t at(Stage stage) { return static_cast<std::size_t>(stage); }

TEST(StageCpu, OfAStageThatWaitsIsWhatItsThreadWasRunning) {
  StageCosts costs;
  costs.with_cpu = true;
  restart_stage_cpu();
  {
    const StageTimer reading(costs, Stage::read);
    std::this_thread::sleep_for(milliseconds(20));
  }
  {
    const StageTimer decoding(costs, Stage::decode);
    burn(milliseconds(10));
  }
  EXPECT_GE(costs.wall[at(Stage::read)], milliseconds(20));
  EXPECT_LT(costs.cpu[at(Stage::read)], milliseconds(5));
  EXPECT_GE(costs.cpu[at(Stage::decode)], milliseconds(9));
  EXPECT_LE(costs.cpu[at(Stage::decode)], costs.wall[at(Stage::decode)]);
}

TEST(StageCpu, OfManyShortStagesAddsUpToWhatTheThreadUsed) {
  StageCosts costs;
  costs.with_cpu = true;
  restart_stage_cpu();
  const Nanoseconds begin = thread_cpu_time();
  for (int i = 0; i < 500; ++i) {
    const StageTimer timer(costs, i % 2 == 0 ? Stage::resize : Stage::encode);
    burn(std::chrono::microseconds(50));
  }
  const Nanoseconds used = thread_cpu_time() - begin;
  const Nanoseconds told = costs.cpu[at(Stage::resize)] + costs.cpu[at(Stage::encode)];
  EXPECT_NEAR(to_seconds(told), to_seconds(used), 0.1 * to_seconds(used));
}

TEST(StageCpu, DoesNotCountTheTimeBetweenStages) {
  StageCosts costs;
  costs.with_cpu = true;
  restart_stage_cpu();
  std::this_thread::sleep_for(milliseconds(20));
  {
    const StageTimer encoding(costs, Stage::encode);
    burn(milliseconds(5));
  }
  EXPECT_GE(costs.cpu[at(Stage::encode)], milliseconds(4));
}

TEST(StageCpu, IsNotMeasuredWhereNobodyAsks) {
  StageCosts costs;
  {
    const StageTimer decoding(costs, Stage::decode);
    burn(milliseconds(1));
  }
  EXPECT_GT(costs.wall[at(Stage::decode)].count(), 0);
  EXPECT_EQ(costs.cpu[at(Stage::decode)].count(), 0);
}

}  // namespace
}  // namespace labday
