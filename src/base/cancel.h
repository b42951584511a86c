// The wish that a job stops. Raised by a signal handler or a test, looked at between the steps of a task.
#pragma once

#include <atomic>

namespace labday {

/// Thread-safe and async-signal-safe. Once raised it stays raised.
class CancelToken {
 public:
  void request() noexcept { requested_.store(true, std::memory_order_relaxed); }
  [[nodiscard]] bool requested() const noexcept { return requested_.load(std::memory_order_relaxed); }

 private:
  static_assert(std::atomic<bool>::is_always_lock_free);
  std::atomic<bool> requested_{false};
};

}  // namespace labday
