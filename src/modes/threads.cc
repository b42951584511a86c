// Threads of one process over a work-stealing pool: tasks first, the renditions of a task where workers are
// idle.
#include <fmt/format.h>

#include <array>
#include <mutex>
#include <optional>
#include <system_error>

#include "modes/mode.h"
#include "modes/mode_list.h"
#include "modes/work_stealing_pool.h"
#include "pipeline/plan.h"

namespace labday {
namespace {

constexpr std::array kParameters{
    ModeParameter{"workers", "cores", "threads that execute tasks", {}, kMaxWorkers},
};

class PoolForEach final : public ForEach {
 public:
  explicit PoolForEach(WorkStealingPool& pool) : pool_(pool) {}
  void operator()(std::size_t count, FunctionRef<void(std::size_t)> body) override {
    pool_.for_each(count, body);
  }

 private:
  WorkStealingPool& pool_;
};

class ThreadsMode final : public Mode {
 public:
  explicit ThreadsMode(const ModeSetup& setup)
      : job_(setup.job), io_(setup.io), workers_(setup.workers), gate_(setup.job) {}

  Result<void> start() override {
    try {
      pool_.emplace(workers_, job_.records);
    } catch (const std::system_error& e) {
      return fail(
          system_error(Stage::plan, e.code().value(), {}, fmt::format("cannot start {} threads", workers_)));
    }
    return {};
  }

  Result<void> run(std::span<const Task> tasks, ResultSink& sink, const CancelToken& cancel) override {
    const auto order = largest_first(job_, tasks);
    PoolForEach for_each(*pool_);
    MemoryGate* const gate = gate_of(job_, gate_);
    std::mutex delivering;
    pool_->run(order.size(), [&](std::size_t i) {
      TaskResult result = run_task(job_, tasks[order[i]], io_, for_each, cancel, gate);
      if (result.record) result.record->worker = WorkStealingPool::this_worker();
      const std::lock_guard lock(delivering);
      sink.deliver(std::move(result));
    });
    ended_ = since_epoch(Clock::now());
    return {};
  }

  RunRecord run_record() override {
    if (!pool_) return {};
    return {worker_records(pool_->idle_logs(), ended_), {}, gate_.peak()};
  }

 private:
  const Job& job_;
  Io& io_;
  const int workers_;
  LocalMemoryGate gate_;
  Nanoseconds ended_{0};
  std::optional<WorkStealingPool> pool_;
};

}  // namespace

const ModeInfo modes::threads{
    .name = "threads",
    .summary = "work-stealing pool of threads, parallel over tasks and over the renditions of a task",
    .parameters = kParameters,
    .make = [](const ModeSetup& setup) -> Result<std::unique_ptr<Mode>> {
      return std::make_unique<ThreadsMode>(setup);
    },
    .unavailable = always_available,
    .scheduling = [](const ModeValues& values) -> Result<Scheduling> {
      return Scheduling{
          .workers = values.workers, .at_once = values.workers, .in_order = false, .splits = true};
    },
};

}  // namespace labday
