// Workers that are forked before the job begins and get its tasks one by one, as Python's
// multiprocessing.Pool with apply_async: but a worker that is killed is noticed, replaced, and its task tried
// again.
#include <array>

#include "modes/mode.h"
#include "modes/mode_list.h"
#include "modes/mode_values.h"
#include "modes/process_team.h"

namespace labday {
namespace {

constexpr std::array kParameters{
    ModeParameter{"workers", "cores", "processes that execute tasks", {}, kMaxWorkers},
    ModeParameter{"chunk", "1", "tasks that a worker is given at once"},
    ModeParameter{"maxtasks", "none", "chunks after which a worker is replaced by a new one"},
    ModeParameter{"start", "fork", "fork, or spawn: labday executed again for each worker", kStartWords},
};

class PoolMode final : public Mode {
 public:
  PoolMode(const ModeSetup& setup, const ProcessRules& rules, std::size_t chunk)
      : batching_(chunk), team_(setup, rules) {}

  Result<void> start() override {
    if (auto begun = team_.begin(); !begun) return begun;
    return team_.start_all();
  }

  Result<void> run(std::span<const Task> tasks, ResultSink& sink, const CancelToken& cancel) override {
    return team_.run(tasks, sink, cancel, batching_);
  }

  RunRecord run_record() override { return team_.run_record(); }

  std::string note() const override { return team_.note(); }

 private:
  FixedBatching batching_;
  ProcessTeam team_;
};

struct PoolRules {
  ProcessRules processes;
  std::size_t chunk = 1;
};

Result<PoolRules> rules_of(const ModeValues& values) {
  const auto chunk = count_value(values, "chunk", "1");
  if (!chunk) return fail(chunk.error());
  const auto maxtasks = count_value(values, "maxtasks", "none");
  if (!maxtasks) return fail(maxtasks.error());
  PoolRules rules;
  rules.processes.workers = values.workers;
  rules.processes.start = start_value(values);
  rules.processes.batches_a_worker = maxtasks->value_or(0);
  rules.chunk = chunk->value_or(1);
  return rules;
}

Result<std::unique_ptr<Mode>> make(const ModeSetup& setup) {
  const auto rules = rules_of(setup);
  if (!rules) return fail(rules.error());
  return std::make_unique<PoolMode>(setup, rules->processes, rules->chunk);
}

Result<Scheduling> scheduling(const ModeValues& values) {
  const auto rules = rules_of(values);
  if (!rules) return fail(rules.error());
  Scheduling scheduling = scheduling_of(rules->processes, values.workers);
  scheduling.batch = rules->chunk;
  return scheduling;
}

}  // namespace

const ModeInfo modes::multiprocessing_pool{
    .name = "multiprocessing-pool",
    .summary = "a fixed set of processes, made before the job, that get tasks as they are free",
    .parameters = kParameters,
    .make = make,
    .unavailable = always_available,
    .scheduling = scheduling,
    .ends_tasks = true,
    .has_sandbox = true,
};

}  // namespace labday
