#include "report/sweep_console.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "lab/sweep_summary.h"
#include "report/failed_sources.h"
#include "report/machine_text.h"
#include "report/scaling_text.h"
#include "report/sweep_progress.h"
#include "report/sweep_wording.h"
#include "report/wording.h"

namespace labday {
namespace {

/// What a bar of the whole width is, by job: the largest figure of its points, in seconds.
std::vector<double> full_bars(const SweepGrid& grid, const SweepSummary& summary) {
  std::vector<double> full(grid.jobs().size(), 0);
  for (const SweepPointSummary& at : summary.points) {
    double& most = full[at.point.job];
    for (const ModeSummary& mode : at.summary.modes) {
      most = std::max({most, mode.mean_seconds, mode.mean_interval_seconds.value_or(Interval{}).high});
    }
  }
  return full;
}

std::string points_table(const SweepRecord& record, const SweepSummary& summary, const Canvas& canvas) {
  const std::vector<double> full = full_bars(SweepGrid(record.plan), summary);
  std::vector<Bar> bars;
  for (const SweepPointSummary& at : summary.points) {
    for (const ModeSummary& mode : at.summary.modes) {
      bars.push_back(
          {mode.mean_seconds, mode.mean_interval_seconds, full[at.point.job], tone_of(mode.standing)});
    }
  }
  const TableCells cells = point_cells(record, summary);
  constexpr std::size_t kLabels = 4;
  return table_with_bars(cells.columns, cells.rows, bars, "of the slowest at that size, ▓░ 95 %", kLabels,
                         canvas);
}

}  // namespace

std::string sweep_text(const SweepRecord& record, const Canvas& canvas) {
  const SweepResult& result = record.result;
  if (result.disagreement) return disagreement_text(record, *result.disagreement);
  std::string text = shortfall_text(record);
  const std::string evidence = agreement_text(record);
  if (evidence.empty()) return text;
  const SweepSummary summary = summarise_sweep(record.plan, result);
  text += evidence + "\n" + points_table(record, summary, canvas) + "\n" + crossovers_text(record, summary);
  if (const std::string scaling = scaling_text(record, summary); !scaling.empty()) text += "\n" + scaling;
  return text + "\n" + conditions_text(record) + machine_text(result.environment);
}

std::string sweep_problems(const SweepRecord& record) {
  std::string text;
  for (const SweepFailure& failure : record.result.failures) {
    text += fmt::format("{}, block {}: {}\n", entry_text(record, failure.entry), failure.block,
                        to_line(failure.error));
  }
  const std::vector<Error> errors = bad_sources(record);
  for (std::size_t i = 0; i < std::min(kMostNamed, errors.size()); ++i) text += to_line(errors[i]) + "\n";
  if (errors.size() > kMostNamed) {
    text += fmt::format("… and {} more.\n", counted(errors.size() - kMostNamed, "error"));
  }
  return text;
}

}  // namespace labday
