#include "lab/replay.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "modes/batching.h"

namespace labday {
namespace {

/// Moments at which one of several equal things is free; the earliest is at hand.
class Servers {
 public:
  explicit Servers(std::size_t count) : free_(count, 0) {}
  [[nodiscard]] double earliest() const { return free_.front(); }
  /// The earliest is taken until `until`. A heap whose root is replaced: one way down.
  void take(double until) {
    std::size_t hole = 0;
    for (;;) {
      std::size_t child = 2 * hole + 1;
      if (child >= free_.size()) break;
      if (child + 1 < free_.size() && free_[child + 1] < free_[child]) ++child;
      if (free_[child] >= until) break;
      free_[hole] = free_[child];
      hole = child;
    }
    free_[hole] = until;
  }
  [[nodiscard]] const std::vector<double>& all() const { return free_; }

 private:
  std::vector<double> free_;
};

class Player {
 public:
  Player(const Scheduling& scheduling, const Overheads& overheads, const SharedLimits& limits)
      : scheduling_(scheduling),
        overheads_(overheads),
        limits_(limits),
        workers_(static_cast<std::size_t>(std::max(1, std::min(scheduling.at_once, scheduling.workers)))),
        cores_(std::min(workers_, static_cast<std::size_t>(std::max(1, limits.cores)))),
        // Where files are awaited, what holds a task is a permit, and workers only compute.
        holders_(scheduling.inflight > 0 ? scheduling.inflight : workers_),
        computing_(cores_) {
    if (scheduling.adaptive) batching_ = std::make_unique<AdaptiveBatching>(static_cast<int>(workers_));
  }

  /// Tasks that a worker without one is given together.
  std::size_t batch(std::uint64_t remaining) {
    return batching_ ? batching_->size(static_cast<std::size_t>(remaining)) : scheduling_.batch;
  }

  void play_batch(std::uint64_t first, std::uint64_t last,
                  const std::function<const TaskCost&(std::uint64_t)>& cost) {
    const double free = holders_.earliest();
    // Each task takes its time of the one that hands out; the batch waits for all of them, which are
    // messages.
    double now = std::max(free + overheads_.gap + make(), hand_out(free));
    const double begin = now;
    for (std::uint64_t i = first; i < last; ++i) {
      if (i > first) now = std::max(now + overheads_.gap, hand_out(free));
      now = play(cost(i), now);
    }
    holders_.take(now);
    end_ = std::max(end_, now);
    if (batching_) {
      const auto duration =
          std::chrono::duration_cast<Nanoseconds>(std::chrono::duration<double>(now - begin));
      batching_->completed(static_cast<std::size_t>(last - first), duration);
    }
  }

  Replay done() {
    double end = end_;
    if (scheduling_.splits) {
      // At the end those that have nothing left help the others, until all end together, or the last part
      // does.
      const std::vector<double>& free = computing_.all();
      double sum = 0;
      for (const double time : free) sum += time;
      end = std::max({sum / static_cast<double>(free.size()), undivided_end_, write_end_});
    }
    sums_.seconds = overheads_.start + end;
    return sums_;
  }

 private:
  [[nodiscard]] double make() {
    const std::uint64_t lives = scheduling_.batches_a_worker;
    return lives == 0 ? 0 : overheads_.make / static_cast<double>(lives);
  }

  double hand_out(double from) {
    if (overheads_.hand_out <= 0) return from;
    handing_out_ = std::max(handing_out_, from) + overheads_.hand_out;
    sums_.hand_out_busy += overheads_.hand_out;
    return handing_out_;
  }

  double transfer(double from, double wait, double bytes) {
    double until = from + wait;
    if (limits_.storage_bytes_a_second && bytes > 0) {
      const double seconds = bytes / *limits_.storage_bytes_a_second;
      storage_ = std::max(storage_, from) + seconds;
      sums_.storage_busy += seconds;
      until = std::max(until, storage_);
    }
    return until;
  }

  double play(const TaskCost& task, double now) {
    now = transfer(now, task.read_wait, task.bytes);
    const double work = task.serial + task.parallel;
    const double begin = std::max(now, computing_.earliest());
    computing_.take(begin + work);
    sums_.cores_busy += work;
    if (scheduling_.splits) {
      const double end = begin + task.serial + task.parallel / static_cast<double>(cores_);
      undivided_end_ = std::max(undivided_end_, end);
      write_end_ = std::max(write_end_, end + task.write_wait);
    }
    return begin + work + task.write_wait;
  }

  const Scheduling& scheduling_;
  const Overheads& overheads_;
  const SharedLimits& limits_;
  const std::size_t workers_;
  const std::size_t cores_;
  Servers holders_;
  Servers computing_;
  std::unique_ptr<AdaptiveBatching> batching_;
  double handing_out_ = 0;
  double storage_ = 0;
  double end_ = 0;
  double undivided_end_ = 0;
  double write_end_ = 0;
  Replay sums_;
};

}  // namespace

Replay replay(std::uint64_t tasks, const std::function<const TaskCost&(std::uint64_t)>& cost,
              const Scheduling& scheduling, const Overheads& overheads, const SharedLimits& limits) {
  Player player(scheduling, overheads, limits);
  for (std::uint64_t i = 0; i < tasks;) {
    const std::uint64_t next = std::min<std::uint64_t>(tasks, i + player.batch(tasks - i));
    player.play_batch(i, next, cost);
    i = next;
  }
  return player.done();
}

}  // namespace labday
