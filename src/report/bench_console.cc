#include "report/bench_console.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "lab/diagnosis.h"
#include "lab/summary.h"
#include "report/bench_wording.h"
#include "report/claims_text.h"
#include "report/findings_text.h"
#include "report/machine_text.h"
#include "report/table.h"
#include "report/wording.h"

namespace labday {
namespace {

/// With the bytes of the files behind, which are the same in all modes.
std::string mode_table(const ExperimentPlan& plan, const ExperimentResult& result,
                       const std::vector<ModeSummary>& modes, const Canvas& canvas) {
  TableCells cells = mode_cells(plan, modes);
  cells.columns.push_back({"bytes", Align::right});
  for (auto& row : cells.rows) row.push_back(with_commas(result.bytes));
  double full = 0;
  for (const ModeSummary& mode : modes) {
    full = std::max({full, mode.mean_seconds, mode.mean_interval_seconds.value_or(Interval{}).high});
  }
  std::vector<Bar> bars;
  for (const ModeSummary& mode : modes) {
    bars.push_back({mode.mean_seconds, mode.mean_interval_seconds, full, tone_of(mode.standing)});
  }
  return table_with_bars(cells.columns, cells.rows, bars, fmt::format("0 – {:.2f} s, ▓░ 95 %", full), 1,
                         canvas);
}

std::string text_of(const ExperimentPlan& plan, std::uint64_t sources, const ExperimentResult& result,
                    const Canvas& canvas) {
  if (result.disagreement) return disagreement_text(plan, *result.disagreement);
  const Summary summary = summarise(plan, result);
  const std::vector<ModeSummary>& modes = summary.modes;
  std::string text = shortfall_text(plan, result);
  if (modes.empty()) return text;

  text += agreement_text(plan, result, modes) + "\n";
  for (const ModeSummary& mode : modes) {
    text += took_line(mode.mode, mode.mean_seconds);
  }
  text += "\n" + mode_table(plan, result, modes, canvas) + "\n" + claims_text(plan, summary) + "\n";
  if (const std::string findings = findings_text(diagnose(plan, result)); !findings.empty()) {
    text += findings + "\n";
  }
  for (const ModeSummary& mode : modes) {
    if (!mode.note.empty()) text += fmt::format("{}: {}.\n", printable(mode.mode), printable(mode.note));
  }
  return text + conditions_text(plan, sources, result) + machine_text(result.environment);
}

}  // namespace

std::string bench_text(const ExperimentPlan& plan, const ExperimentResult& result, const Canvas& canvas) {
  return text_of(plan, plan.job.sources.size(), result, canvas);
}

std::string bench_text(const BenchRecord& record, const Canvas& canvas) {
  return text_of(record.plan, record.sources, record.result, canvas);
}

std::string bench_problems(const ExperimentResult& result) {
  std::string text;
  for (const RoundFailure& failure : result.failures) {
    text += fmt::format("{} mode, round {}: {}\n", printable(failure.mode), failure.round,
                        to_line(failure.error));
  }
  for (const Error& error : result.reference.errors) text += to_line(error) + "\n";
  const std::uint64_t unlisted = result.reference.error_count - result.reference.errors.size();
  if (unlisted > 0) text += fmt::format("… and {} more.\n", counted(unlisted, "error"));
  return text;
}

}  // namespace labday
