#include "report/bench_console.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "lab/diagnosis.h"
#include "lab/summary.h"
#include "report/claims_text.h"
#include "report/findings_text.h"
#include "report/machine_text.h"
#include "report/table.h"
#include "report/wording.h"

namespace labday {
namespace {

std::string disagreement_text(const ExperimentPlan& plan, const Disagreement& disagreement) {
  const std::string baseline = printable(plan.baseline);
  std::string what;
  switch (disagreement.difference.kind) {
    case Difference::Kind::missing:
      what = fmt::format("did not write a file that {} mode wrote", baseline);
      break;
    case Difference::Kind::extra:
      what = fmt::format("wrote a file that {} mode did not write", baseline);
      break;
    case Difference::Kind::differs:
      what = fmt::format("wrote other bytes than {} mode to a file", baseline);
      break;
  }
  return fmt::format(
      "The modes disagree: in round {}, {} mode {}:\n  {}\nNo times are shown, since they are not of the "
      "same work.\n",
      disagreement.round, printable(disagreement.mode), what, printable(disagreement.difference.name));
}

std::string proof(const ExperimentPlan& plan, const ExperimentResult& result, std::size_t mode_count) {
  const std::string evidence = fmt::format("{} a mode, {} bytes, XXH3 {}", counted(result.files, "file"),
                                           with_commas(result.bytes), result.hash);
  if (mode_count > 1) return fmt::format("All {} modes agree on the files: {}.\n", mode_count, evidence);
  return fmt::format("{} mode and the warm-up in {} mode agree on the files: {}.\n",
                     printable(result.modes.front().mode), printable(plan.baseline), evidence);
}

std::string interval_text(const std::optional<Interval>& interval) {
  return interval ? fmt::format("{:.2f} – {:.2f}", interval->low, interval->high) : "–";
}

std::string ratio_text(const Standing& standing) {
  if (!standing.ratio) return "–";
  std::string value = fmt::format("{:.2f}", standing.ratio->value);
  if (standing.verdict == Verdict::baseline || !standing.ratio->interval) return value;
  return fmt::format("{} ({})", value, interval_text(standing.ratio->interval));
}

std::string mode_table(const ExperimentPlan& plan, const ExperimentResult& result,
                       const std::vector<ModeSummary>& modes, const Canvas& canvas) {
  double full = 0;
  for (const ModeSummary& mode : modes) {
    full = std::max({full, mode.mean_seconds, mode.mean_interval_seconds.value_or(Interval{}).high});
  }
  const std::vector<Column> columns{{"mode", Align::left},
                                    {"place", Align::right},
                                    {"mean s", Align::right},
                                    {"median s", Align::right},
                                    {"deviation", Align::right},
                                    {"95 % interval", Align::right},
                                    {fmt::format("ratio to {}", printable(plan.baseline)), Align::left},
                                    {"parallelism", Align::right},
                                    {"peak memory", Align::right},
                                    {"bytes", Align::right}};
  std::vector<std::vector<std::string>> rows;
  std::vector<Bar> bars;
  for (const ModeSummary& mode : modes) {
    const Standing& standing = mode.standing;
    bars.push_back({mode.mean_seconds, mode.mean_interval_seconds, full, tone_of(standing)});
    rows.push_back({printable(mode.mode), standing.place ? fmt::format("{}", *standing.place) : "–",
                    fmt::format("{:.2f}", mode.mean_seconds), fmt::format("{:.2f}", mode.median_seconds),
                    mode.deviation_seconds ? fmt::format("{:.2f}", *mode.deviation_seconds) : "–",
                    interval_text(mode.mean_interval_seconds), ratio_text(standing),
                    fmt::format("{:.2f}", mode.parallelism), human_bytes(mode.peak_memory_bytes),
                    with_commas(result.bytes)});
  }
  return table_with_bars(columns, rows, bars, fmt::format("0 – {:.2f} s, ▓░ 95 %", full), 1, canvas);
}

std::string rounds_text(const ExperimentPlan& plan, const ExperimentResult& result) {
  const int begun = result.order.empty() ? plan.rounds : result.order.back().block;
  std::string text = counted(static_cast<std::uint64_t>(begun), "round") + " after a warm-up";
  if (result.ended == Ended::precision) {
    text += fmt::format(", enough to know every ratio to {:g} %", 100 * *plan.precision);
  } else if (result.ended == Ended::time) {
    text += ", for which there was time";
  }
  return text;
}

std::string conditions(const ExperimentPlan& plan, std::uint64_t sources, const ExperimentResult& result) {
  const CpuBudget& cpu = result.environment.cpu;
  std::string cores = counted(static_cast<std::uint64_t>(cpu.cores()), "core");
  if (cpu.cores() < cpu.online) cores += fmt::format(" (of {} online)", cpu.online);
  return fmt::format(
      "{} at {}; {} on {}; grain {}; {}, in an order from seed {}; scratch on {}; labday {}.\n",
      counted(sources, "source"), rendition_list(plan.job),
      counted(static_cast<std::uint64_t>(plan.workers), "worker"), cores, name(plan.grain),
      rounds_text(plan, result), plan.seed, result.environment.scratch_file_system,
      result.environment.version);
}

std::string text_of(const ExperimentPlan& plan, std::uint64_t sources, const ExperimentResult& result,
                    const Canvas& canvas) {
  if (result.disagreement) return disagreement_text(plan, *result.disagreement);
  const Summary summary = summarise(plan, result);
  const std::vector<ModeSummary>& modes = summary.modes;
  std::string text;
  if (result.ended == Ended::cancelled) {
    text += plan.precision
                ? fmt::format("Interrupted after {}.\n",
                              counted(static_cast<std::uint64_t>(result.verified_rounds), "round"))
                : fmt::format("Interrupted: {} of {} were finished.\n", result.verified_rounds,
                              counted(plan.modes.size() * static_cast<std::uint64_t>(plan.rounds), "round"));
  } else if (result.files == 0) {
    text += "No rendition could be made, so there is nothing to time.\n";
  }
  if (modes.empty()) return text;

  text += proof(plan, result, modes.size()) + "\n";
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
  return text + conditions(plan, sources, result) + machine_text(result.environment);
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
