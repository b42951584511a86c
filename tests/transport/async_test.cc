#include "transport/async.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/manual_async.h"
#include "transport/async_group.h"

namespace labday {
namespace {

using testing::ManualScheduler;

Async<int> immediately(int value) { co_return value; }

TEST(Async, BeginsWhenItIsAwaitedAndGivesItsValueOnce) {
  ManualScheduler scheduler(1);
  std::vector<std::string> events;
  const auto child = [](std::vector<std::string>& log) -> Async<std::string> {
    log.emplace_back("child");
    co_return "value";
  };
  const auto parent = [&child](std::vector<std::string>& log) -> Async<void> {
    Async<std::string> made = child(log);
    log.emplace_back("made");
    log.push_back(co_await made);
  };
  EXPECT_TRUE(scheduler.run(parent(events)));
  EXPECT_EQ(events, (std::vector<std::string>{"made", "child", "value"}));
}

TEST(Async, AMillionAwaitsInALoopDoNotGrowTheStack) {
  ManualScheduler scheduler(1);
  const auto sum = [](std::int64_t& total) -> Async<void> {
    for (int i = 0; i < 1'000'000; ++i) {
      Async<int> one = immediately(i);
      total += co_await one;
    }
  };
  std::int64_t total = 0;
  EXPECT_TRUE(scheduler.run(sum(total)));
  EXPECT_EQ(total, std::int64_t{999'999} * 500'000);
}

TEST(Async, AnExceptionComesOutWhereItIsAwaited) {
  ManualScheduler scheduler(1);
  const auto thrower = []() -> Async<int> {
    throw std::runtime_error("away");
    co_return 1;
  };
  const auto catcher = [&thrower](std::string& caught) -> Async<void> {
    Async<int> child = thrower();
    try {
      co_await child;
    } catch (const std::runtime_error& e) {
      caught = e.what();
    }
  };
  std::string caught;
  EXPECT_TRUE(scheduler.run(catcher(caught)));
  EXPECT_EQ(caught, "away");
}

TEST(Async, WhatItHoldsIsGoneWithItAlsoWhereItWasNeverAwaited) {
  const auto holder = [](std::shared_ptr<int> held) -> Async<int> { co_return *held; };
  const auto value = std::make_shared<int>(5);
  { const Async<int> never = holder(value); }
  EXPECT_EQ(value.use_count(), 1);
  ManualScheduler scheduler(1);
  const auto user = [&holder](std::shared_ptr<int> held) -> Async<void> {
    Async<int> child = holder(held);
    EXPECT_EQ(co_await child, 5);
  };
  EXPECT_TRUE(scheduler.run(user(value)));
  EXPECT_EQ(value.use_count(), 1);
}

/// Ends when the scheduler executes its work, so in any order.
Async<void> worker(ManualScheduler& scheduler, int& running, int& most, std::vector<int>& ended, int number) {
  ++running;
  most = std::max(most, running);
  const auto nothing = [] {};
  co_await OnThread(scheduler, Urgency::low, nothing);
  --running;
  ended.push_back(number);
}

TEST(AsyncGroup, JoinWaitsForAllHoweverTheyEnd) {
  for (unsigned seed = 0; seed < 50; ++seed) {
    ManualScheduler scheduler(seed);
    int running = 0;
    int most = 0;
    std::vector<int> ended;
    const auto parent = [&]() -> Async<void> {
      AsyncGroup group(scheduler);
      co_await group.join();  // nothing to wait for
      for (int i = 0; i < 10; ++i) group.spawn(worker(scheduler, running, most, ended, i));
      co_await group.join();
      EXPECT_EQ(ended.size(), 10U);
      group.spawn(worker(scheduler, running, most, ended, 10));
      co_await group.join();
    };
    EXPECT_TRUE(scheduler.run(parent()));
    EXPECT_EQ(ended.size(), 11U);
    EXPECT_EQ(running, 0);
    EXPECT_EQ(most, 10);
  }
}

TEST(AsyncPermits, AreNeverMoreThanThereAreAndGoToThoseWhoCameFirst) {
  for (unsigned seed = 0; seed < 50; ++seed) {
    ManualScheduler scheduler(seed);
    const int count = seed % 2 == 0 ? 1 : 3;
    AsyncPermits permits(scheduler, static_cast<std::size_t>(count));
    int running = 0;
    int most = 0;
    std::vector<int> begun;
    std::vector<int> ended;
    const auto limited = [&](int number) -> Async<void> {
      const AsyncPermits::Permit permit = co_await permits.acquire();
      begun.push_back(number);
      Async<void> work = worker(scheduler, running, most, ended, number);
      co_await work;
    };
    const auto parent = [&]() -> Async<void> {
      AsyncGroup group(scheduler);
      for (int i = 0; i < 20; ++i) group.spawn(limited(i));
      co_await group.join();
    };
    EXPECT_TRUE(scheduler.run(parent()));
    EXPECT_EQ(ended.size(), 20U);
    EXPECT_EQ(most, count);
    // With several, two that were handed a permit may go on in either order.
    EXPECT_TRUE(count > 1 || std::is_sorted(begun.begin(), begun.end()));
  }
}

TEST(AsyncPermits, SeveralAtOnceWaitTheirTurnAndAreNeverMoreThanThereAre) {
  for (unsigned seed = 0; seed < 50; ++seed) {
    ManualScheduler scheduler(seed);
    constexpr std::size_t kCount = 10;
    AsyncPermits permits(scheduler, kCount);
    std::size_t out = 0;
    std::size_t most = 0;
    int running = 0;
    int most_running = 0;
    std::vector<int> ended;
    const auto limited = [&](int number) -> Async<void> {
      const std::size_t count = 1 + static_cast<std::size_t>(number * 7 % 10);
      const AsyncPermits::Permit permit = co_await permits.acquire(count);
      out += count;
      most = std::max(most, out);
      Async<void> work = worker(scheduler, running, most_running, ended, number);
      co_await work;
      out -= count;
    };
    const auto parent = [&]() -> Async<void> {
      AsyncGroup group(scheduler);
      for (int i = 0; i < 30; ++i) group.spawn(limited(i));
      co_await group.join();
    };
    EXPECT_TRUE(scheduler.run(parent()));
    EXPECT_EQ(ended.size(), 30U);
    EXPECT_LE(most, kCount);
    EXPECT_LE(permits.most_out(), kCount);
    EXPECT_GE(permits.most_out(), most);
    EXPECT_GT(most_running, 1) << "those that fit go on side by side";
  }
}

TEST(AsyncPermits, APermitThatIsMovedIsGivenBackOnce) {
  ManualScheduler scheduler(1);
  AsyncPermits permits(scheduler, 1);
  const auto user = [&]() -> Async<void> {
    AsyncPermits::Permit first = co_await permits.acquire();
    AsyncPermits::Permit second = std::move(first);
    first.release();
    EXPECT_FALSE(permits.acquire().await_ready());
    second.release();
    second.release();
    EXPECT_TRUE(permits.acquire().await_ready());
    EXPECT_FALSE(permits.acquire().await_ready());
  };
  EXPECT_TRUE(scheduler.run(user()));
}

}  // namespace
}  // namespace labday
