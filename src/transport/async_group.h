// Structured concurrency: AsyncGroup runs many Asyncs side by side and waits for all of them; AsyncPermits
// bounds how many are in some place at a time. Both belong to the executor's thread.
#pragma once

#include <algorithm>
#include <coroutine>
#include <cstddef>
#include <deque>
#include <exception>
#include <utility>

#include "transport/async.h"

namespace labday {

/// Wait for it (join) before it is destroyed: what runs in it may use what its owner has.
class AsyncGroup {
 public:
  explicit AsyncGroup(Executor& executor) : executor_(executor) {}
  AsyncGroup(const AsyncGroup&) = delete;
  AsyncGroup& operator=(const AsyncGroup&) = delete;
  ~AsyncGroup() {
    if (running_ != 0) std::terminate();
  }

  /// Begins `child` at once; it is on its own from its first wait on. It must not throw: its errors are
  /// values that it leaves where its owner looks. Throws std::bad_alloc, and `child` has not begun then.
  void spawn(Async<void> child) { drive(*this, std::move(child)); }

  /// Waits until all have ended. Awaited by one at a time; more may be spawned meanwhile.
  [[nodiscard]] auto join() noexcept {
    struct Awaiter {
      AsyncGroup& group;
      bool await_ready() const noexcept { return group.running_ == 0; }
      void await_suspend(std::coroutine_handle<> awaiting) const noexcept { group.joining_ = awaiting; }
      void await_resume() const noexcept {}
    };
    return Awaiter{*this};
  }

 private:
  /// A coroutine that owns itself, for as long as the child runs.
  struct Driver {
    struct promise_type {
      // NOLINTNEXTLINE(google-explicit-constructor): called with what drive() is called with
      promise_type(AsyncGroup& group, Async<void>&) : executor(&group.executor_) {}
      Executor* executor;
      Driver get_return_object() noexcept { return {}; }
      std::suspend_never initial_suspend() noexcept { return {}; }
      std::suspend_never final_suspend() noexcept { return {}; }
      void return_void() noexcept {}
      void unhandled_exception() noexcept { std::terminate(); }
    };
  };

  static Driver drive(AsyncGroup& group, Async<void> child) {
    ++group.running_;
    co_await child;
    group.ended();
  }

  void ended() noexcept {
    if (--running_ == 0 && joining_) executor_.post(std::exchange(joining_, nullptr));
  }

  Executor& executor_;
  std::size_t running_ = 0;
  std::coroutine_handle<> joining_;
};

/// A number of permits; those who wait for some get them in the order in which they came.
class AsyncPermits {
 public:
  AsyncPermits(Executor& executor, std::size_t count) : executor_(executor), count_(count), free_(count) {}
  AsyncPermits(const AsyncPermits&) = delete;
  AsyncPermits& operator=(const AsyncPermits&) = delete;

  /// Given back at its end, or by release().
  class Permit {
   public:
    Permit() = default;
    Permit(AsyncPermits& from, std::size_t count) : from_(&from), count_(count) {}
    Permit(Permit&& other) noexcept
        : from_(std::exchange(other.from_, nullptr)), count_(std::exchange(other.count_, 0)) {}
    Permit& operator=(Permit&& other) noexcept {
      if (this != &other) {
        release();
        from_ = std::exchange(other.from_, nullptr);
        count_ = std::exchange(other.count_, 0);
      }
      return *this;
    }
    ~Permit() { release(); }
    void release() noexcept {
      if (from_ != nullptr) std::exchange(from_, nullptr)->give_back(count_);
    }

   private:
    AsyncPermits* from_ = nullptr;
    std::size_t count_ = 0;
  };

  /// `count` of them at once, at most as many as there are.
  [[nodiscard]] auto acquire(std::size_t count = 1) noexcept {
    struct Awaiter {
      AsyncPermits& permits;
      std::size_t count;
      bool await_ready() const noexcept { return permits.waiting_.empty() && permits.take(count); }
      void await_suspend(std::coroutine_handle<> awaiting) const {
        permits.waiting_.push_back({awaiting, count});
      }
      Permit await_resume() const noexcept { return Permit(permits, count); }
    };
    return Awaiter{*this, count};
  }

  /// The most that were out at a time.
  [[nodiscard]] std::size_t most_out() const { return most_out_; }

 private:
  struct Waiting {
    std::coroutine_handle<> awaiting;
    std::size_t count = 0;
  };

  bool take(std::size_t count) noexcept {
    if (count > free_) return false;
    free_ -= count;
    most_out_ = std::max(most_out_, count_ - free_);
    return true;
  }

  void give_back(std::size_t count) noexcept {
    free_ += count;
    while (!waiting_.empty() && take(waiting_.front().count)) {
      executor_.post(waiting_.front().awaiting);  // the permits go over to it
      waiting_.pop_front();
    }
  }

  Executor& executor_;
  const std::size_t count_;
  std::size_t free_;
  std::size_t most_out_ = 0;
  std::deque<Waiting> waiting_;
};

}  // namespace labday
