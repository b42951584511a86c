// A pool for tasks that take milliseconds and may split: each worker keeps the parts of what it is doing
// where idle workers can take them.
//
// Whole tasks are handed out in order from one queue, and only to workers that are doing nothing: so at most
// as many tasks as workers are under way, which bounds the memory. Parts of a task (for_each) lie in their
// worker's own slot; its owner works through them, a thief takes one at a time, and an owner that waits for
// thieves helps other owners meanwhile, never with a new task.
//
// When not to use it: for parts of microseconds (each costs a lock), or for bodies that block on one another:
// there are no spare threads.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "base/function_ref.h"
#include "transport/idle_log.h"

namespace labday {

class WorkStealingPool {
 public:
  /// Starts `workers` threads; throws std::system_error where the system refuses one. `logged`: idle_logs()
  /// are kept.
  explicit WorkStealingPool(int workers, bool logged = false);

  /// Joins them. No run() may be under way.
  ~WorkStealingPool();
  WorkStealingPool(const WorkStealingPool&) = delete;
  WorkStealingPool& operator=(const WorkStealingPool&) = delete;

  /// Calls task(0) … task(count - 1) on the workers, begun in that order, and returns when all have returned.
  /// The calling thread only waits. Tasks do not throw. One run() at a time.
  void run(std::size_t count, FunctionRef<void(std::size_t)> task);

  /// Inside a task: calls part(0) … part(count - 1), on this worker and on idle ones, and returns when all
  /// have returned. May be nested. On a thread that is no worker of this pool the parts run one after the
  /// other.
  void for_each(std::size_t count, FunctionRef<void(std::size_t)> part);

  /// One a worker; empty unless they are kept.
  [[nodiscard]] const std::vector<IdleLog>& idle_logs() const { return logs_; }

  /// Inside a task or part: the worker that executes it, 0 ….
  [[nodiscard]] static int this_worker();

 private:
  /// Lives on the stack of whoever waits for it; claimed under the mutex of the slot it lies in, finished
  /// last.
  struct Group {
    FunctionRef<void(std::size_t)> body;
    std::size_t count = 0;
    std::size_t next = 0;  // guarded by the slot's mutex
    std::atomic<std::size_t> finished{0};
  };

  struct Claim {
    Group* group = nullptr;
    std::size_t index = 0;
    explicit operator bool() const { return group != nullptr; }
  };

  /// Groups with indices that nobody has claimed yet; the owner's newest is at the back.
  struct alignas(64) Slot {
    std::mutex mutex;
    std::deque<Group*> open;
  };

  void work(std::size_t self);
  void open(Slot& slot, Group& group);
  static Claim claim_oldest(Slot& slot);
  static Claim claim_from(Slot& slot, Group& group);
  Claim steal(std::size_t self);
  void execute(Claim claim);
  void announce();
  void await_change(std::size_t self, std::uint32_t seen);

  std::vector<Slot> slots_;              // [0] holds whole tasks, [1…] the parts of each worker's
  std::atomic<std::uint32_t> epoch_{0};  // changes whenever a sleeper might find something new
  std::atomic<bool> stopping_{false};
  std::vector<IdleLog> logs_;
  std::vector<std::thread> threads_;
};

}  // namespace labday
