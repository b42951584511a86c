// Structured concurrency: AsyncGroup runs many Asyncs side by side and waits for all of them; AsyncPermits
// bounds how many are in some place at a time. Both belong to the executor's thread.
#pragma once

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

/// A number of permits; those who wait for one get it in the order in which they came.
class AsyncPermits {
 public:
  AsyncPermits(Executor& executor, std::size_t count) : executor_(executor), free_(count) {}
  AsyncPermits(const AsyncPermits&) = delete;
  AsyncPermits& operator=(const AsyncPermits&) = delete;

  /// Given back at its end, or by release().
  class Permit {
   public:
    Permit() = default;
    explicit Permit(AsyncPermits& from) : from_(&from) {}
    Permit(Permit&& other) noexcept : from_(std::exchange(other.from_, nullptr)) {}
    Permit& operator=(Permit&& other) noexcept {
      if (this != &other) {
        release();
        from_ = std::exchange(other.from_, nullptr);
      }
      return *this;
    }
    ~Permit() { release(); }
    void release() noexcept {
      if (from_ != nullptr) std::exchange(from_, nullptr)->give_back();
    }

   private:
    AsyncPermits* from_ = nullptr;
  };

  [[nodiscard]] auto acquire() noexcept {
    struct Awaiter {
      AsyncPermits& permits;
      bool await_ready() const noexcept {
        if (permits.free_ == 0) return false;
        --permits.free_;
        return true;
      }
      void await_suspend(std::coroutine_handle<> awaiting) const { permits.waiting_.push_back(awaiting); }
      Permit await_resume() const noexcept { return Permit(permits); }
    };
    return Awaiter{*this};
  }

 private:
  void give_back() noexcept {
    if (waiting_.empty()) {
      ++free_;
      return;
    }
    executor_.post(waiting_.front());  // the permit goes over to it
    waiting_.pop_front();
  }

  Executor& executor_;
  std::size_t free_;
  std::deque<std::coroutine_handle<>> waiting_;
};

}  // namespace labday
