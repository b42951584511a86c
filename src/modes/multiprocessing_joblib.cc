// Batches that adapt to how long tasks take, executed by processes that are reused, as joblib's Parallel with
// loky does it: but a task that ends its worker is tried once more, alone, and takes no other with it.
#include <array>
#include <limits>

#include "base/text.h"
#include "modes/idle_workers.h"
#include "modes/mode.h"
#include "modes/mode_list.h"
#include "modes/mode_values.h"
#include "modes/process_team.h"

namespace labday {
namespace {

constexpr std::array kParameters{
    ModeParameter{"workers", "cores", "processes that execute tasks", {}, kMaxWorkers},
    ModeParameter{"batch", "auto", "tasks that a worker is given at once; auto: as many as take 0.2 to 2 s"},
    ModeParameter{"pre_dispatch", "2*workers", "batches under way: a number, N*workers, or all"},
    ModeParameter{"max_nbytes", "1M",
                  "decoded pixels of this size and more go by shared memory; none: each task decodes"},
};

constexpr std::uint64_t kDefaultSharedBytes = std::uint64_t{1} << 20;

class JoblibMode final : public Mode {
 public:
  JoblibMode(const ModeSetup& setup, const ProcessRules& rules, std::unique_ptr<Batching> batching)
      : workers_(rules.workers), batching_(std::move(batching)), team_(setup, rules) {}
  ~JoblibMode() override { keep_idle_workers(team_.take_idle()); }
  JoblibMode(const JoblibMode&) = delete;
  JoblibMode& operator=(const JoblibMode&) = delete;

  Result<void> start() override {
    if (auto begun = team_.begin(); !begun) return begun;
    for (auto& worker : take_idle_workers(workers_, team_.sandbox())) team_.adopt(std::move(worker));
    return team_.start_all();
  }

  Result<void> run(std::span<const Task> tasks, ResultSink& sink, const CancelToken& cancel) override {
    return team_.run(tasks, sink, cancel, *batching_);
  }

  RunRecord run_record() override { return team_.run_record(); }

  std::string note() const override { return team_.note(); }

 private:
  int workers_;
  std::unique_ptr<Batching> batching_;
  ProcessTeam team_;
};

Result<std::size_t> pre_dispatch_value(const ModeValues& values) {
  std::string_view text = values.word("pre_dispatch", "2*workers");
  if (text == "all") return std::numeric_limits<std::size_t>::max();
  constexpr std::string_view kTimesWorkers = "*workers";
  std::uint64_t factor = 1;
  if (text.ends_with(kTimesWorkers)) {
    text.remove_suffix(kTimesWorkers.size());
    factor = static_cast<std::uint64_t>(values.workers);
  }
  constexpr std::uint64_t kMost = 1'000'000'000;
  const auto number = whole_number(text);
  if (number && *number > 0 && *number <= kMost) return *number * factor;
  return bad_value(values, "pre_dispatch", "it is a number from 1 up, N*workers, or all");
}

Result<std::uint64_t> max_nbytes_value(const ModeValues& values) {
  const std::string_view text = values.word("max_nbytes", "");
  if (text.empty()) return kDefaultSharedBytes;
  if (text == "none") return std::numeric_limits<std::uint64_t>::max();
  if (const auto bytes = bytes_from(text)) return *bytes;
  return bad_value(values, "max_nbytes", "it is a number of bytes such as 100000, 512K or 1M, or none");
}

struct JoblibRules {
  ProcessRules processes;
  std::optional<std::uint64_t> batch;  // none: it adapts
};

Result<JoblibRules> rules_of(const ModeValues& values) {
  const auto batch = count_value(values, "batch", "auto");
  if (!batch) return fail(batch.error());
  const auto pre_dispatch = pre_dispatch_value(values);
  if (!pre_dispatch) return fail(pre_dispatch.error());
  const auto max_nbytes = max_nbytes_value(values);
  if (!max_nbytes) return fail(max_nbytes.error());
  JoblibRules rules;
  rules.processes.workers = values.workers;
  rules.processes.start = StartMethod::spawn;
  rules.processes.batches_under_way = *pre_dispatch;
  rules.processes.min_shared_bytes = *max_nbytes;
  rules.batch = *batch;
  return rules;
}

Result<std::unique_ptr<Mode>> make(const ModeSetup& setup) {
  const auto rules = rules_of(setup);
  if (!rules) return fail(rules.error());
  std::unique_ptr<Batching> batching;
  if (rules->batch) {
    batching = std::make_unique<FixedBatching>(*rules->batch);
  } else {
    batching = std::make_unique<AdaptiveBatching>(setup.workers);
  }
  return std::make_unique<JoblibMode>(setup, rules->processes, std::move(batching));
}

Result<Scheduling> scheduling(const ModeValues& values) {
  const auto rules = rules_of(values);
  if (!rules) return fail(rules.error());
  Scheduling scheduling = scheduling_of(rules->processes, values.workers);
  scheduling.batch = rules->batch.value_or(1);
  scheduling.adaptive = !rules->batch;
  return scheduling;
}

}  // namespace

const ModeInfo modes::multiprocessing_joblib{
    .name = "multiprocessing-joblib",
    .summary = "processes that are reused, and batches that adapt to how long tasks take",
    .parameters = kParameters,
    .make = make,
    .unavailable = always_available,
    .scheduling = scheduling,
    .ends_tasks = true,
    .has_sandbox = true,
};

}  // namespace labday
