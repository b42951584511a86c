#include "report/bench_wording.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "report/wording.h"

namespace labday {
namespace {

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

}  // namespace

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

std::string agreement_text(const ExperimentPlan& plan, const ExperimentResult& result,
                           const std::vector<ModeSummary>& modes) {
  const std::string evidence = fmt::format("{} a mode, {} bytes, XXH3 {}", counted(result.files, "file"),
                                           with_commas(result.bytes), printable(result.hash));
  if (modes.size() > 1) return fmt::format("All {} modes agree on the files: {}.\n", modes.size(), evidence);
  return fmt::format("{} mode and the warm-up in {} mode agree on the files: {}.\n",
                     printable(modes.front().mode), printable(plan.baseline), evidence);
}

std::string conditions_text(const ExperimentPlan& plan, std::uint64_t sources,
                            const ExperimentResult& result) {
  const CpuBudget& cpu = result.environment.cpu;
  std::string cores = counted(static_cast<std::uint64_t>(cpu.cores()), "core");
  if (cpu.cores() < cpu.online) cores += fmt::format(" (of {} online)", cpu.online);
  return fmt::format(
      "{} at {}; {} on {}; grain {}; {}, in an order from seed {}; scratch on {}; labday {}.\n",
      counted(sources, "source"), rendition_list(plan.job),
      counted(static_cast<std::uint64_t>(plan.workers), "worker"), cores, name(plan.grain),
      rounds_text(plan, result), plan.seed, printable(result.environment.scratch_file_system),
      printable(result.environment.version));
}

std::string shortfall_text(const ExperimentPlan& plan, const ExperimentResult& result) {
  const std::string finished =
      plan.precision
          ? counted(static_cast<std::uint64_t>(result.verified_rounds), "round")
          : fmt::format("{} of {}", result.verified_rounds,
                        counted(plan.modes.size() * static_cast<std::uint64_t>(plan.rounds), "round"));
  if (result.ended == Ended::not_yet)
    return fmt::format("Unfinished when it was saved, after {}.\n", finished);
  if (result.ended == Ended::cancelled) {
    return plan.precision ? fmt::format("Interrupted after {}.\n", finished)
                          : fmt::format("Interrupted: {} were finished.\n", finished);
  }
  return result.files == 0 ? "No rendition could be made, so there is nothing to time.\n" : "";
}

std::string interval_text(const std::optional<Interval>& interval) {
  return interval ? fmt::format("{:.2f} – {:.2f}", std::max(0.0, interval->low), interval->high) : "–";
}

std::string ratio_text(const Standing& standing) {
  if (!standing.ratio) return "–";
  std::string value = fmt::format("{:.2f}", standing.ratio->value);
  if (standing.verdict == Verdict::baseline || !standing.ratio->interval) return value;
  if (!tells_something(*standing.ratio)) return value + " (too few rounds to know)";
  return fmt::format("{} ({})", value, interval_text(standing.ratio->interval));
}

TableCells mode_cells(const ExperimentPlan& plan, const std::vector<ModeSummary>& modes) {
  TableCells cells{{{"mode", Align::left},
                    {"place", Align::right},
                    {"mean s", Align::right},
                    {"median s", Align::right},
                    {"deviation", Align::right},
                    {"95 % interval", Align::right},
                    {fmt::format("ratio to {}", printable(plan.baseline)), Align::left},
                    {"parallelism", Align::right},
                    {"peak memory", Align::right}},
                   {}};
  for (const ModeSummary& mode : modes) {
    const Standing& standing = mode.standing;
    cells.rows.push_back({printable(mode.mode), standing.place ? fmt::format("{}", *standing.place) : "–",
                          fmt::format("{:.2f}", mode.mean_seconds),
                          fmt::format("{:.2f}", mode.median_seconds),
                          mode.deviation_seconds ? fmt::format("{:.2f}", *mode.deviation_seconds) : "–",
                          interval_text(mode.mean_interval_seconds), ratio_text(standing),
                          fmt::format("{:.2f}", mode.parallelism), human_bytes(mode.peak_memory_bytes)});
  }
  return cells;
}

}  // namespace labday
