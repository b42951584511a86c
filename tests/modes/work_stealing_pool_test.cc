#include "modes/work_stealing_pool.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <latch>
#include <set>
#include <thread>
#include <vector>

namespace labday {
namespace {

TEST(WorkStealingPool, CallsEveryTaskOnce) {
  WorkStealingPool pool(4);
  std::vector<std::atomic<int>> calls(5000);
  pool.run(calls.size(), [&](std::size_t i) { ++calls[i]; });
  for (const auto& n : calls) EXPECT_EQ(n, 1);
}

TEST(WorkStealingPool, BeginsTasksInOrder) {
  WorkStealingPool pool(1);
  std::vector<std::size_t> order;
  pool.run(100, [&](std::size_t i) { order.push_back(i); });
  for (std::size_t i = 0; i < order.size(); ++i) EXPECT_EQ(order[i], i);
}

TEST(WorkStealingPool, AnEmptyRunReturnsAtOnce) {
  WorkStealingPool pool(2);
  pool.run(0, [](std::size_t) { FAIL(); });
}

TEST(WorkStealingPool, CanBeUsedAgainAndAgain) {
  WorkStealingPool pool(3);
  std::atomic<int> calls{0};
  for (int round = 0; round < 500; ++round) pool.run(3, [&](std::size_t) { ++calls; });
  EXPECT_EQ(calls, 1500);
}

// All parts wait for each other: without stealing the only task would wait for ever.
TEST(WorkStealingPool, IdleWorkersTakePartsOfTheOnlyTask) {
  constexpr int kWorkers = 4;
  WorkStealingPool pool(kWorkers);
  std::latch all_at_work(kWorkers);
  pool.run(
      1, [&](std::size_t) { pool.for_each(kWorkers, [&](std::size_t) { all_at_work.arrive_and_wait(); }); });
}

TEST(WorkStealingPool, PartsMaySplitAgain) {
  WorkStealingPool pool(4);
  std::atomic<int> leaves{0};
  pool.run(20, [&](std::size_t) {
    pool.for_each(5, [&](std::size_t) { pool.for_each(7, [&](std::size_t) { ++leaves; }); });
  });
  EXPECT_EQ(leaves, 20 * 5 * 7);
}

TEST(WorkStealingPool, AWorkerThatWaitsForThievesBeginsNoNewTask) {
  WorkStealingPool pool(3);
  std::atomic<int> under_way{0};
  std::atomic<int> most{0};
  pool.run(300, [&](std::size_t) {
    const int now = ++under_way;
    int seen = most;
    while (seen < now && !most.compare_exchange_weak(seen, now)) {
    }
    pool.for_each(4, [](std::size_t) { std::this_thread::yield(); });
    --under_way;
  });
  EXPECT_LE(most, 3);
}

TEST(WorkStealingPool, OutsideAWorkerPartsRunOnTheCallingThread) {
  WorkStealingPool pool(2);
  std::set<std::thread::id> threads;
  pool.for_each(10, [&](std::size_t) { threads.insert(std::this_thread::get_id()); });
  EXPECT_EQ(threads, std::set{std::this_thread::get_id()});
}

TEST(WorkStealingPool, HasExactlyTheWorkersThatWereAskedFor) {
  constexpr std::size_t kWorkers = 3;
  WorkStealingPool pool(kWorkers);
  std::latch all_at_work(kWorkers);
  std::array<std::thread::id, kWorkers> threads;
  pool.run(kWorkers, [&](std::size_t i) {
    threads[i] = std::this_thread::get_id();
    all_at_work.arrive_and_wait();
  });
  EXPECT_EQ(std::set(threads.begin(), threads.end()).size(), kWorkers);
}

}  // namespace
}  // namespace labday
