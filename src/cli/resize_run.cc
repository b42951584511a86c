#include "cli/resize_run.h"

#include <time.h>

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "cli/gather.h"
#include "modes/mode.h"
#include "pipeline/journal.h"
#include "pipeline/plan.h"
#include "pipeline/posix_io.h"
#include "report/resize_console.h"

namespace labday {
namespace {

std::int64_t now_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

/// What a part of the job is told to, besides its totals.
struct Listeners {
  StatusLine& line;
  EventLog& events;
  FailedList& failed;
  ErrorGroups& groups;
  Journal* journal;  // nullptr where none is kept
  bool complete_list;
};

/// Adds up the results of one part, shows errors as they come, and moves the progress line.
class ResizeSink final : public ResultSink {
 public:
  ResizeSink(const Job& job, const std::vector<Task>& slices, const std::vector<std::uint8_t>& owned,
             Listeners listeners)
      : job_(job),
        slices_(slices),
        owned_(owned),
        to_(listeners),
        totals_(job.sources.size()),
        progress_(job, slices, to_.line) {}

  void deliver(TaskResult result) override {
    for (const Error& error : result.errors) {
      // At grain `rendition` every task of a bad source says the same; once is enough.
      const bool of_the_source = error.stage == Stage::read || error.stage == Stage::decode;
      if (of_the_source && !bad_sources_.insert(result.task.source).second) continue;
      to_.line.message(to_line(error));
      add_to_groups(to_.groups, error);
      if (error.code == ErrorCode::worker_died) put_in_quarantine(job_.sources[result.task.source], error);
    }
    if (result.failed > 0 && listed_.insert(result.task.source).second) list(result.task.source);
    to_.events.task(job_, result);
    totals_.add(result);
    progress_.add(result);
  }

  void worker_lost(const WorkerLoss& loss) override { to_.events.worker_lost(job_, loss); }

  [[nodiscard]] JobTotals totals() const { return totals_.totals(); }
  [[nodiscard]] const Result<void>& journalled() const { return journalled_; }

 private:
  void put_in_quarantine(const Source& source, const Error& error) {
    if (to_.journal == nullptr) return;
    auto written = to_.journal->append(
        QuarantineRecord{source.path, source.file_bytes, source.mtime_ns, now_ns(), false, error.detail});
    if (!written) journalled_ = std::move(written);
  }

  void list(std::uint32_t source) {
    std::vector<Rendition> own;
    if (!owned_.empty() && owned_[source] != 0) {
      const Task& slice = slices_[source];
      own.assign(job_.renditions.begin() + slice.first, job_.renditions.begin() + slice.last);
    }
    to_.failed.add(job_.sources[source], own, to_.complete_list);
  }

  const Job& job_;
  const std::vector<Task>& slices_;  // one a source
  const std::vector<std::uint8_t>& owned_;
  Listeners to_;
  TotalsCollector totals_;
  JobProgress progress_;
  std::unordered_set<std::uint32_t> bad_sources_;
  std::unordered_set<std::uint32_t> listed_;
  Result<void> journalled_;
};

}  // namespace

Result<void> ResizeRun::prepare(const std::string& output_folder) {
  std::set<WriterId> dead;
  std::set<WriterId> alive;
  if (options_.resume) {
    auto index = JournalIndex::load(output_folder);
    if (!index) return fail(std::move(index.error()));
    for (const std::string& journal : index->damaged()) line_.message(damaged_journal_text(journal));
    dead = index->dead();
    alive = index->alive();
    index_.emplace(std::move(*index));
    sums_.resumed.emplace();
  }
  sweep_.emplace(output_folder, std::move(dead), std::move(alive));
  return {};
}

Result<ResumePlan> ResizeRun::plan(Job& job, const std::vector<Task>& slices, bool refuse_foreign) {
  if (!options_.resume) {
    ResumePlan all;
    all.tasks = slices;
    return all;
  }
  if (options_.checksum) hash_contents(job);
  const auto on_target = [this](const std::string& name) { visit(name); };
  ResumePlan plan = plan_resume(job, slices, *index_, options_.resume_rules(), on_target);
  if (job.on_exists == OnExists::replace) return plan;
  // Another run may have put them in place since the journals were read. It wrote its intents before that: a
  // file is foreign only when journals that were read after it was seen still have no record of it.
  while (!plan.foreign.empty()) {
    const std::set<std::string> seen(plan.foreign.begin(), plan.foreign.end());
    auto index = JournalIndex::load(job.output_folder);
    if (!index) return fail(std::move(index.error()));
    index_.emplace(std::move(*index));
    plan = plan_resume(job, slices, *index_, options_.resume_rules(), on_target);
    const auto foreign =
        std::ranges::find_if(plan.foreign, [&](const auto& name) { return seen.contains(name); });
    if (foreign == plan.foreign.end()) continue;
    if (job.on_exists == OnExists::error && refuse_foreign) {
      return fail(Stage::plan, ErrorCode::exists, job.output_folder + "/" + *foreign,
                  "it is there already, and no journal has it");
    }
    break;
  }
  return plan;
}

Result<void> ResizeRun::lift_quarantines(const Job& job, std::span<const Task> tasks, Io& io) const {
  if (!options_.retry_failed) return {};
  for (const Task& task : tasks) {
    const Source& source = job.sources[task.source];
    if (index_->quarantine_of(source) == nullptr) continue;
    auto lifted = io.native_folder()->journal()->append(
        QuarantineRecord{source.path, source.file_bytes, source.mtime_ns, now_ns(), true, {}});
    if (!lifted) return lifted;
  }
  return {};
}

Result<void> ResizeRun::execute(Job& job, const std::vector<Task>& slices, bool refuse_foreign,
                                const std::vector<std::uint8_t>& owned) {
  auto planned = plan(job, slices, refuse_foreign);
  if (!planned) return fail(std::move(planned.error()));
  if (!options_.job.no_space_check) {
    auto enough = check_space(job, planned->tasks, job.output_folder);
    if (!enough) return enough;
  }
  const auto io = PosixIo::open(job.output_folder, job.journalling);
  if (!io) return fail(io.error());
  const int workers = options_.job.worker_count();
  auto mode = make_mode(spec_, job, **io, workers);
  if (!mode) return fail(std::move(mode.error()));
  if (auto lifted = lift_quarantines(job, planned->tasks, **io); !lifted) return lifted;
  const Grain grain = resolve_grain(job, options_.job.grain_wanted(), workers);
  const std::vector<Task> tasks = cut_into_tasks(planned->tasks, grain);
  if (auto started = (*mode)->start(); !started) return started;

  // From here on things are written: an interruption ends with what is done, whole, in place.
  started_ = true;
  if (!sums_.grain) sums_.grain = grain;
  ResizeSink sink(job, slices, owned,
                  {line_, events_, failed_, sums_.error_groups, (*io)->native_folder()->journal(),
                   !options_.manifest_root.empty()});
  for (TaskResult& result : planned->results) sink.deliver(std::move(result));
  Result<void> ran = (*mode)->run(tasks, sink, cancel_);
  sums_.note = (*mode)->note();
  mode->reset();
  if (const auto settled = (*io)->settle(); ran && !settled) ran = settled;
  if (ran && !sink.journalled()) ran = sink.journalled();

  add_totals(sums_.totals, sink.totals());
  for (std::size_t i = 0; i < kJudgementCount && sums_.resumed; ++i) {
    sums_.resumed->at(i) += planned->renditions.at(i);
  }
  sums_.sources += job.sources.size();
  for (const Source& source : job.sources) sums_.source_bytes += source.file_bytes;
  return ran;
}

}  // namespace labday
