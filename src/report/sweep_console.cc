#include "report/sweep_console.h"

#include <fmt/format.h>

#include "base/text.h"
#include "lab/sweep_summary.h"
#include "report/machine_text.h"
#include "report/scaling_text.h"
#include "report/sweep_progress.h"
#include "report/sweep_wording.h"
#include "report/wording.h"

namespace labday {

std::string sweep_text(const SweepRecord& record) {
  const SweepResult& result = record.result;
  if (result.disagreement) return disagreement_text(record, *result.disagreement);
  std::string text = shortfall_text(record);
  const std::string evidence = agreement_text(record);
  if (evidence.empty()) return text;
  const SweepSummary summary = summarise_sweep(record.plan, result);
  text += evidence + "\n" + table(point_cells(record, summary)) + "\n" + crossovers_text(record, summary);
  if (const std::string scaling = scaling_text(record, summary); !scaling.empty()) text += "\n" + scaling;
  return text + "\n" + conditions_text(record) + machine_text(result.environment);
}

std::string sweep_problems(const SweepRecord& record) {
  std::string text;
  for (const SweepFailure& failure : record.result.failures) {
    text += fmt::format("{}, block {}: {}\n", entry_text(record, failure.entry), failure.block,
                        to_line(failure.error));
  }
  const SweepGrid grid(record.plan);
  for (std::size_t i = 0; i < record.result.jobs.size(); ++i) {
    const SweepJobRecord& job = record.result.jobs[i];
    if (job.reference.errors.empty()) continue;
    text +=
        fmt::format("{}: {} failed, the first one: {}\n", job_text(record.plan, grid.jobs()[i], job.sources),
                    counted(job.reference.error_count, "source"), to_line(job.reference.errors.front()));
  }
  return text;
}

}  // namespace labday
