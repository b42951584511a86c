#include "transport/event_loop.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <latch>
#include <thread>
#include <vector>

#include "base/function_ref.h"
#include "transport/async_group.h"
#include "transport/ring.h"
#include "transport/thread_pool.h"

namespace labday {
namespace {

/// Both ways in which a loop sleeps.
class EventLoopTest : public ::testing::TestWithParam<const char*> {
 protected:
  EventLoopTest() {
    if (GetParam() == std::string("ring")) {
      auto ring = Ring::open(2);
      if (ring) {
        (*ring)->attach(loop_.emplace(**ring));
        sleep_ = std::move(*ring);
      }
    } else {
      auto sleep = std::make_unique<ConditionSleep>();
      loop_.emplace(*sleep);
      sleep_ = std::move(sleep);
    }
  }
  void SetUp() override {
    if (!loop_) GTEST_SKIP() << "there is no io_uring here";
  }

  std::unique_ptr<LoopSleep> sleep_;
  std::optional<EventLoop> loop_;
};

TEST_P(EventLoopTest, EachWorkIsExecutedOnAThreadAndItsCoroutineGoesOnOnTheLoop) {
  const auto here = std::this_thread::get_id();
  std::size_t ended = 0;  // of the loop's thread alone
  std::atomic<std::size_t> executed{0};
  {
    ThreadPool pool(*loop_, 3, "pool");
    const auto one = [&]() -> Async<void> {
      for (int i = 0; i < 20; ++i) {
        const auto body = [&] {
          EXPECT_NE(std::this_thread::get_id(), here);
          ++executed;
        };
        co_await OnThread(pool, static_cast<Urgency>(i % 3), body);
        EXPECT_EQ(std::this_thread::get_id(), here);
        ++ended;
      }
    };
    const auto all = [&]() -> Async<void> {
      AsyncGroup group(*loop_);
      for (int i = 0; i < 100; ++i) group.spawn(one());
      co_await group.join();
    };
    loop_->run(all());
  }
  EXPECT_EQ(executed, 2000U);
  EXPECT_EQ(ended, 2000U);
}

TEST_P(EventLoopTest, CanRunAgain) {
  ThreadPool pool(*loop_, 1, "pool");
  int runs = 0;
  const auto once = [&]() -> Async<void> {
    const auto body = [&] { ++runs; };
    co_await OnThread(pool, Urgency::low, body);
  };
  for (int i = 0; i < 100; ++i) loop_->run(once());
  EXPECT_EQ(runs, 100);
}

INSTANTIATE_TEST_SUITE_P(Every, EventLoopTest, ::testing::Values("condition", "ring"),
                         [](const auto& tested) { return std::string(tested.param); });

// All bodies wait for each other: fewer threads than asked for would wait for ever.
TEST(ThreadPool, HasAllItsThreads) {
  ConditionSleep sleep;
  EventLoop loop(sleep);
  ThreadPool pool(loop, 4, "pool");
  std::latch all_at_work(4);
  const auto meet = [&]() -> Async<void> {
    const auto body = [&] { all_at_work.arrive_and_wait(); };
    co_await OnThread(pool, Urgency::low, body);
  };
  const auto all = [&]() -> Async<void> {
    AsyncGroup group(loop);
    for (int i = 0; i < 4; ++i) group.spawn(meet());
    co_await group.join();
  };
  loop.run(all());
}

Async<void> on_thread(ThreadPool& pool, FunctionRef<void()> body) {
  co_await OnThread(pool, Urgency::low, body);
}

// All parts wait for each other: without the idle threads the only work would wait for ever.
TEST(ThreadPool, IdleThreadsTakePartsOfTheOnlyWork) {
  ConditionSleep sleep;
  EventLoop loop(sleep);
  ThreadPool pool(loop, 4, "pool");
  std::latch all_at_work(4);
  const auto part = [&](std::size_t) { all_at_work.arrive_and_wait(); };
  const auto body = [&] { pool.for_each(4, part); };
  loop.run(on_thread(pool, body));
}

TEST(ThreadPool, ExecutesEveryPartOnceBeforeForEachReturns) {
  constexpr int kWorks = 200;
  constexpr std::size_t kParts = 5;
  ConditionSleep sleep;
  EventLoop loop(sleep);
  ThreadPool pool(loop, 3, "pool", true);
  std::atomic<int> complete{0};
  const auto body = [&] {
    std::array<std::atomic<int>, kParts> calls{};
    pool.for_each(kParts, [&](std::size_t i) { ++calls[i]; });
    if (std::all_of(calls.begin(), calls.end(), [](const auto& n) { return n == 1; })) ++complete;
  };
  const auto all = [&]() -> Async<void> {
    AsyncGroup group(loop);
    for (int i = 0; i < kWorks; ++i) group.spawn(on_thread(pool, body));
    co_await group.join();
  };
  loop.run(all());
  EXPECT_EQ(complete, kWorks);
}

TEST(ThreadPool, TakesTheMostUrgentFirstAndOfThoseTheOldest) {
  ConditionSleep sleep;
  EventLoop loop(sleep);
  ThreadPool pool(loop, 1, "pool");
  std::latch queued(1);
  std::vector<int> order;  // of the only thread
  const auto blocker = [&]() -> Async<void> {
    const auto body = [&] { queued.wait(); };
    co_await OnThread(pool, Urgency::high, body);
  };
  const auto one = [&](int number, Urgency urgency) -> Async<void> {
    const auto body = [&] { order.push_back(number); };
    co_await OnThread(pool, urgency, body);
  };
  const auto all = [&]() -> Async<void> {
    AsyncGroup group(loop);
    group.spawn(blocker());
    group.spawn(one(5, Urgency::low));
    group.spawn(one(3, Urgency::middle));
    group.spawn(one(1, Urgency::high));
    group.spawn(one(6, Urgency::low));
    group.spawn(one(2, Urgency::high));
    group.spawn(one(4, Urgency::middle));
    queued.count_down();
    co_await group.join();
  };
  loop.run(all());
  EXPECT_EQ(order, (std::vector<int>{1, 2, 3, 4, 5, 6}));
}

}  // namespace
}  // namespace labday
