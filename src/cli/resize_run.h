// One `labday resize` at work: executes parts of a job one after the other, and adds up what came of them. A
// list of arguments is one part; a manifest, which may have any length, is many.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/cancel.h"
#include "base/result.h"
#include "cli/failed_list.h"
#include "cli/resize_options.h"
#include "modes/registry.h"
#include "pipeline/error_groups.h"
#include "pipeline/journal_index.h"
#include "pipeline/temporaries.h"
#include "pipeline/totals.h"
#include "report/event_log.h"
#include "report/progress.h"

namespace labday {

struct ResizeSums {
  JobTotals totals;
  ErrorGroups error_groups;
  std::optional<JudgementCounts> resumed;
  std::uint64_t sources = 0;
  std::uint64_t source_bytes = 0;
  std::string note;
  std::optional<Grain> grain;  // of the first part
};

class ResizeRun {
 public:
  /// All is borrowed.
  ResizeRun(const ResizeOptions& options, const ModeSpec& spec, const CancelToken& cancel, StatusLine& line,
            EventLog& events, FailedList& failed)
      : options_(options), spec_(spec), cancel_(cancel), line_(line), events_(events), failed_(failed) {}

  /// Reads the journals if they are wanted. Before anything else.
  [[nodiscard]] Result<void> prepare(const std::string& output_folder);

  /// To be told each name that the job will write, before it is executed: temporaries of the dead are removed
  /// from its folder.
  void visit(const std::string& rendition_name) {
    if (!options_.dry_run) sweep_->visit(rendition_name);
  }

  /// Executes `slices` of the job, or with --resume what is left of them. `refuse_foreign`: with
  /// OnExists::error nothing is started where a name is taken by a file that no journal has; otherwise that
  /// fails its rendition.
  /// `owned`, by source: it has renditions of its own; empty: none has.
  [[nodiscard]] Result<void> execute(Job& job, const std::vector<Task>& slices, bool refuse_foreign,
                                     const std::vector<std::uint8_t>& owned = {});

  /// What the journals say; nullptr without --resume.
  [[nodiscard]] const JournalIndex* index() const { return index_ ? &*index_ : nullptr; }

  /// Has anything been started?
  [[nodiscard]] bool started() const { return started_; }
  [[nodiscard]] const ResizeSums& sums() const { return sums_; }

 private:
  [[nodiscard]] Result<ResumePlan> plan(Job& job, const std::vector<Task>& slices, bool refuse_foreign);
  [[nodiscard]] Result<void> lift_quarantines(const Job& job, std::span<const Task> tasks, Io& io) const;

  const ResizeOptions& options_;
  const ModeSpec& spec_;
  const CancelToken& cancel_;
  StatusLine& line_;
  EventLog& events_;
  FailedList& failed_;
  std::optional<JournalIndex> index_;
  std::optional<TemporarySweep> sweep_;
  ResizeSums sums_;
  bool started_ = false;
};

}  // namespace labday
