// Threads that execute work for coroutines: a coroutine awaits OnThread, its body runs on one of the
// threads, and the coroutine goes on where it came from. WorkQueue is the seam at which a test executes the
// bodies by hand, in an order of its own.
#pragma once

#include <array>
#include <condition_variable>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/function_ref.h"
#include "transport/event_loop.h"
#include "transport/idle_log.h"

namespace labday {

/// What is done first where threads are scarce.
enum class Urgency : std::uint8_t { high, middle, low };
inline constexpr std::size_t kUrgencyCount = 3;

class WorkQueue {
 public:
  /// Lies in the frame of the coroutine that waits for it.
  struct Work {
    FunctionRef<void()> body;  // does not throw
    Urgency urgency = Urgency::low;
    std::coroutine_handle<> waiting;
  };

  virtual ~WorkQueue() = default;

  /// Executes the body once, then lets the coroutine go on.
  virtual void submit(Work& work) = 0;

  /// Inside a body: calls part(0) … part(count - 1), each once, and returns when all have returned; threads
  /// that have no work may take part. Parts do not throw.
  virtual void for_each(std::size_t count, FunctionRef<void(std::size_t)> part) {
    for (std::size_t i = 0; i < count; ++i) part(i);
  }
};

/// `co_await OnThread(queue, urgency, body)`; the body, a named object, must not throw.
class [[nodiscard]] OnThread {
 public:
  OnThread(WorkQueue& queue, Urgency urgency, FunctionRef<void()> body)
      : queue_(queue), work_{body, urgency, {}} {}
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiting) {
    work_.waiting = waiting;
    queue_.submit(work_);
  }
  void await_resume() const noexcept {}

 private:
  WorkQueue& queue_;
  WorkQueue::Work work_;
};

/// Exactly `threads` threads; work of the same urgency is begun in the order of its submission.
class ThreadPool final : public WorkQueue {
 public:
  /// Coroutines go on on `loop`. `name` is what the kernel shows the threads as, at most 15 bytes. `logged`:
  /// idle_logs() are kept. Throws std::system_error where the system refuses a thread.
  ThreadPool(EventLoop& loop, int threads, const std::string& name, bool logged = false);

  /// Joins them. All work must be over.
  ~ThreadPool() override;
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  void submit(Work& work) override;

  /// Parts are for threads that would do nothing else: whatever was submitted goes first. Not to be nested.
  void for_each(std::size_t count, FunctionRef<void(std::size_t)> part) override;

  /// One a thread; empty unless they are kept.
  [[nodiscard]] const std::vector<IdleLog>& idle_logs() const { return logs_; }

  /// Which thread of its pool the calling one is: 0 …; 0 where it is of none.
  [[nodiscard]] static int this_thread();

 private:
  /// Lies on the stack of whoever waits for it; all of it is guarded by mutex_.
  struct Parts {
    FunctionRef<void(std::size_t)> part;
    std::size_t count = 0;
    std::size_t next = 0;
    std::size_t under_way = 0;
  };

  void work(int self);
  Work* next(int self);
  void execute_one(std::unique_lock<std::mutex>& lock, Parts& parts);
  void wait(std::unique_lock<std::mutex>& lock, std::condition_variable& for_what, int self);
  void stop();

  EventLoop& loop_;
  std::mutex mutex_;
  std::condition_variable changed_;                      // there is more to do
  std::condition_variable over_;                         // the last part under way has returned
  std::array<std::deque<Work*>, kUrgencyCount> queues_;  // guarded by mutex_
  std::deque<Parts*> divided_;                           // those with parts to begin; guarded by mutex_
  bool stopping_ = false;                                // guarded by mutex_
  std::vector<IdleLog> logs_;
  std::vector<std::thread> threads_;
};

}  // namespace labday
