// The executor of real life: one thread that resumes coroutines, and sleeps while none can go on.
#pragma once

#include <condition_variable>
#include <coroutine>
#include <deque>
#include <mutex>
#include <vector>

#include "transport/async.h"

namespace labday {

/// How a loop's thread sleeps.
class LoopSleep {
 public:
  virtual ~LoopSleep() = default;

  /// On the loop's thread: returns once wake() has been called since the last return, or when an operation
  /// that is awaited here has ended and its coroutine was posted.
  virtual void sleep() = 0;

  /// From any thread.
  virtual void wake() noexcept = 0;
};

/// For a loop all of whose operations end on other threads.
class ConditionSleep final : public LoopSleep {
 public:
  void sleep() override;
  void wake() noexcept override;

 private:
  std::mutex mutex_;
  std::condition_variable woken_;
  bool awake_ = false;
};

/// All but arrive() is for the thread that calls run().
class EventLoop final : public Executor {
 public:
  explicit EventLoop(LoopSleep& sleep) : sleep_(sleep) {}

  void post(std::coroutine_handle<> ready) noexcept override { ready_.push_back(ready); }

  /// From any other thread: `ready` goes on, on the loop's thread. What the caller did before happens before.
  void arrive(std::coroutine_handle<> ready) noexcept;

  /// Runs `main`, and what it awaits, to its end. `main` does not throw.
  void run(Async<void> main);

 private:
  void take_arrivals();

  LoopSleep& sleep_;
  std::deque<std::coroutine_handle<>> ready_;
  std::mutex mutex_;
  std::vector<std::coroutine_handle<>> arrived_;  // guarded by mutex_
  std::vector<std::coroutine_handle<>> taken_;
};

}  // namespace labday
