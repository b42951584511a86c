// A process for each task, as Python's multiprocessing.Process. With join=each it is started and then joined
// at once, which keeps one core busy: what the notebook measured. With join=window as many are alive as
// workers.
#include <array>

#include "modes/mode.h"
#include "modes/mode_list.h"
#include "modes/mode_values.h"
#include "modes/process_team.h"

namespace labday {
namespace {

constexpr std::array<std::string_view, 2> kJoinWords{"window", "each"};
constexpr std::array kParameters{
    ModeParameter{"workers", "cores", "processes alive at the same time", {}, kMaxWorkers},
    ModeParameter{"join", "window", "window, or each: start a process, then wait for it before the next",
                  kJoinWords},
    ModeParameter{"start", "fork", "fork, or spawn: labday executed again for each task", kStartWords},
};

constexpr std::array<std::string_view, 1> kVariants{"multiprocessing:join=each"};

class ProcessATaskMode final : public Mode {
 public:
  ProcessATaskMode(const ModeSetup& setup, const ProcessRules& rules) : team_(setup, rules) {}

  Result<void> start() override { return team_.begin(); }

  Result<void> run(std::span<const Task> tasks, ResultSink& sink, const CancelToken& cancel) override {
    return team_.run(tasks, sink, cancel, batching_);
  }

  RunRecord run_record() override { return team_.run_record(); }

  std::string note() const override { return team_.note(); }

 private:
  FixedBatching batching_{1};
  ProcessTeam team_;
};

ProcessRules rules_of(const ModeValues& values) {
  const bool each = values.word("join", "window") == "each";
  ProcessRules rules;
  rules.workers = each ? 1 : values.workers;
  rules.start = start_value(values);
  rules.batches_a_worker = 1;
  rules.in_order = each;
  return rules;
}

Result<std::unique_ptr<Mode>> make(const ModeSetup& setup) {
  return std::make_unique<ProcessATaskMode>(setup, rules_of(setup));
}

Result<Scheduling> scheduling(const ModeValues& values) {
  return scheduling_of(rules_of(values), values.workers);
}

}  // namespace

const ModeInfo modes::multiprocessing{
    .name = "multiprocessing",
    .summary = "a process for each task",
    .parameters = kParameters,
    .make = make,
    .unavailable = always_available,
    .variants = kVariants,
    .scheduling = scheduling,
    .ends_tasks = true,
    .has_sandbox = true,
};

}  // namespace labday
