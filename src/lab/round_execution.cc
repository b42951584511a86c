#include "lab/round_execution.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "lab/machine_load.h"
#include "lab/process_cpu.h"
#include "lab/round_record.h"
#include "modes/registry.h"
#include "pipeline/plan.h"

namespace labday {
namespace {

class RoundSink final : public ResultSink {
 public:
  explicit RoundSink(std::size_t source_count) : totals_(source_count) {}
  void deliver(TaskResult result) override {
    totals_.add(result);
    records_.add(result);
  }
  [[nodiscard]] JobTotals totals() const { return totals_.totals(); }
  [[nodiscard]] RecordCollector& records() { return records_; }

 private:
  TotalsCollector totals_;
  RecordCollector records_;
};

constexpr Nanoseconds kTick = std::chrono::milliseconds(10);  // USER_HZ is 100 on every Linux

/// What else the kernel knows of the time in which a mode ran.
class KernelWatch {
 public:
  /// The run, which lasted from `begin` to `end`, is over.
  [[nodiscard]] RoundRecord end(RecordCollector& records, Mode& mode, Nanoseconds begin, Nanoseconds end) {
    const KernelFigures own = own_kernel_figures();
    const std::optional<CpuTicks> ticks = read_machine_load().ticks;
    RunRecord run = mode.run_record();
    const bool alone = run.workers.empty();
    RoundRecord record = records.finish(begin, end, std::move(run));
    if (alone) record.workers = between(own_, own);
    if (!ticks_ || !ticks) return record;
    const auto since = [](std::uint64_t before, std::uint64_t after) {
      return after > before ? static_cast<Nanoseconds::rep>(after - before) : 0;
    };
    const Nanoseconds::rep stolen = since(ticks_->stolen, ticks->stolen);
    const Nanoseconds::rep unused = since(ticks_->idle, ticks->idle) + stolen;
    record.stolen = kTick * stolen;
    record.machine_busy = kTick * std::max<Nanoseconds::rep>(0, since(ticks_->all, ticks->all) - unused);
    return record;
  }

 private:
  std::optional<CpuTicks> ticks_ = read_machine_load().ticks;
  KernelFigures own_ = own_kernel_figures();
};

}  // namespace

Result<RoundResult> execute_round(const RoundRequest& request, Io& io, std::unique_ptr<Mode>& mode) {
  const Result<ModeSpec> spec = ModeSpec::parse(request.mode);
  if (!spec) return fail(spec.error());
  const Result<int> workers = spec->workers(request.workers);
  if (!workers) return fail(workers.error());
  const std::vector<Task> tasks = plan_tasks(request.job, request.grain, *workers);
  RoundSink sink(request.job.sources.size());
  const CancelToken never;  // whoever waits for a round kills its process instead
  Result<std::unique_ptr<Mode>> made = make_mode(*spec, request.job, io, request.workers);
  if (!made) return fail(std::move(made.error()));
  mode = std::move(*made);

  RoundResult result;
  result.workers = *workers;
  const Clock::time_point begin = Clock::now();
  if (const Result<void> started = mode->start(); !started) return fail(started.error());
  const Clock::time_point ready = Clock::now();
  result.start = ready - begin;
  std::optional<KernelWatch> watch;
  if (request.job.records) watch.emplace();
  CpuWatch cpu;
  const Clock::time_point run_begin = Clock::now();
  cpu.span_begins();
  if (const Result<void> ran = mode->run(tasks, sink, never); !ran) return fail(ran.error());
  cpu.span_ends();
  const Clock::time_point run_end = Clock::now();
  result.wall = run_end - run_begin;
  result.cpu = cpu.total();
  result.note = mode->note();
  result.totals = sink.totals();
  if (watch) result.record = watch->end(sink.records(), *mode, since_epoch(run_begin), since_epoch(run_end));
  return result;
}

}  // namespace labday
