#include "modes/task_queue.h"

#include <gtest/gtest.h>

#include <numeric>

namespace labday {
namespace {

std::vector<Task> renditions_of(std::uint32_t sources, std::uint16_t each) {
  std::vector<Task> tasks;
  for (std::uint32_t source = 0; source < sources; ++source) {
    for (std::uint16_t i = 0; i < each; ++i) tasks.push_back({source, i, static_cast<std::uint16_t>(i + 1)});
  }
  return tasks;
}

std::vector<std::uint32_t> in_order(std::span<const Task> tasks) {
  std::vector<std::uint32_t> order(tasks.size());
  std::iota(order.begin(), order.end(), 0U);
  return order;
}

TEST(TaskQueue, HandsOutTasksOfDifferentSourcesInOrderAndSharesNothing) {
  const auto tasks = renditions_of(3, 1);
  TaskQueue queue(tasks, {2, 0, 1}, 1);
  for (const std::uint32_t expected : {2U, 0U, 1U}) {
    const auto next = queue.next(false);
    ASSERT_TRUE(next);
    EXPECT_EQ(next->task, expected);
    EXPECT_FALSE(next->share);
  }
  EXPECT_FALSE(queue.next(true));
  EXPECT_EQ(queue.waiting(), 0U);
}

TEST(TaskQueue, LetsTheOtherTasksOfASourceWaitForThePixelsOfTheFirst) {
  const auto tasks = renditions_of(1, 3);
  TaskQueue queue(tasks, in_order(tasks), 2);
  const auto first = queue.next(true);
  ASSERT_TRUE(first);
  EXPECT_TRUE(first->share);
  EXPECT_FALSE(queue.ready(true));
  queue.share_pixels(*first, {});
  const auto second = queue.next(false);
  ASSERT_TRUE(second);
  EXPECT_NE(second->pixels, nullptr);
  EXPECT_FALSE(second->share);
}

TEST(TaskQueue, LetsGoOfPixelsWithTheLastTaskThatMapsThem) {
  const auto tasks = renditions_of(1, 2);
  TaskQueue queue(tasks, in_order(tasks), 2);
  const auto first = queue.next(true);
  queue.share_pixels(*first, {});
  auto second = queue.next(true);
  const std::weak_ptr<const SharedPixels> pixels = second->pixels;
  second->pixels.reset();
  queue.finished(*first);
  EXPECT_FALSE(pixels.expired());
  queue.finished(*second);
  EXPECT_TRUE(pixels.expired());
}

TEST(TaskQueue, OpensNoMoreSourcesThanItMay) {
  const auto tasks = renditions_of(5, 2);
  TaskQueue queue(tasks, in_order(tasks), 3);
  std::vector<Dispatch> firsts;
  for (int i = 0; i < 3; ++i) firsts.push_back(*queue.next(true));
  EXPECT_FALSE(queue.next(true));
  queue.share_pixels(firsts[1], {});
  const auto second = queue.next(true);
  EXPECT_EQ(second->task, 3U);
  queue.finished(firsts[1]);
  EXPECT_FALSE(queue.next(true)) << "its pixels are still mapped by the second";
  queue.finished(*second);
  EXPECT_EQ(queue.next(true)->task, 6U);
}

TEST(TaskQueue, OpensNoSourceForATaskThatWouldOnlyWait) {
  const auto tasks = renditions_of(2, 2);
  TaskQueue queue(tasks, in_order(tasks), 3);
  EXPECT_FALSE(queue.next(false));
  EXPECT_TRUE(queue.next(true));
}

TEST(TaskQueue, SourcesWithNothingToShareAreNotCounted) {
  const auto tasks = renditions_of(3, 2);
  TaskQueue queue(tasks, in_order(tasks), 1);
  const auto first = queue.next(true);
  queue.share_nothing(*first);
  const auto second = queue.next(false);
  EXPECT_EQ(second->task, 1U);
  EXPECT_FALSE(second->share);
  EXPECT_EQ(second->pixels, nullptr);
  EXPECT_EQ(queue.next(true)->task, 2U);
}

TEST(TaskQueue, MakesTheNextTaskDecodeWhereTheFirstCameToNothing) {
  const auto tasks = renditions_of(1, 3);
  TaskQueue queue(tasks, in_order(tasks), 2);
  const auto first = queue.next(true);
  queue.finished(*first);  // a skipped rendition, or a source that cannot be read
  const auto second = queue.next(true);
  EXPECT_TRUE(second->share);
  queue.finished(*second);
  const auto last = queue.next(true);
  EXPECT_FALSE(last->share) << "nobody is left to share with";
}

TEST(TaskQueue, TriesATaskOnceMoreAndBeforeAllOthers) {
  const auto tasks = renditions_of(3, 1);
  TaskQueue queue(tasks, in_order(tasks), 2);
  const auto first = queue.next(true);
  EXPECT_TRUE(queue.retry(*first));
  const auto again = queue.next(false);
  EXPECT_EQ(again->task, first->task);
  EXPECT_TRUE(again->retry);
  EXPECT_FALSE(queue.retry(*again));
  EXPECT_EQ(queue.next(false)->task, 1U);
}

TEST(TaskQueue, ATaskThatWasNeverBegunIsNotCountedAsTried) {
  const auto tasks = renditions_of(1, 1);
  TaskQueue queue(tasks, in_order(tasks), 2);
  for (int i = 0; i < 5; ++i) {
    const auto next = queue.next(true);
    ASSERT_TRUE(next);
    EXPECT_FALSE(next->retry);
    EXPECT_EQ(next->begun, i == 4);
    queue.give_back(*next, i == 3);
  }
  EXPECT_TRUE(queue.retry(*queue.next(true)));
}

TEST(TaskQueue, ARetriedTaskGetsThePixelsThatAreStillThere) {
  const auto tasks = renditions_of(1, 3);
  TaskQueue queue(tasks, in_order(tasks), 2);
  const auto first = queue.next(true);
  queue.share_pixels(*first, {});
  EXPECT_TRUE(queue.retry(*first));
  const auto again = queue.next(true);
  EXPECT_EQ(again->task, first->task);
  EXPECT_NE(again->pixels, nullptr);
}

TEST(TaskQueue, GivesUpTheRestAtOnce) {
  const auto tasks = renditions_of(3, 3);
  TaskQueue queue(tasks, in_order(tasks), 2);
  const auto first = queue.next(true);
  const auto second = queue.next(true);
  queue.give_back(*second, false);
  const auto rest = queue.take_rest();
  EXPECT_EQ(rest.size(), 8U);
  EXPECT_EQ(queue.waiting(), 0U);
  EXPECT_FALSE(queue.next(true));
  queue.finished(*first);
}

TEST(LargestFirstBySource, PutsTheLargestRenditionsOfASourceFirst) {
  Job job;
  job.renditions.resize(3);
  job.renditions[0].scale = {50, 0};
  job.renditions[1].scale = {200, 0};
  job.renditions[2].width = 15'000;
  job.sources.resize(2);
  job.sources[0].file_bytes = 10;
  job.sources[1].file_bytes = 20;
  const auto tasks = renditions_of(2, 3);
  EXPECT_EQ(largest_first_by_source(job, tasks), (std::vector<std::uint32_t>{4, 5, 3, 1, 2, 0}));
}

}  // namespace
}  // namespace labday
