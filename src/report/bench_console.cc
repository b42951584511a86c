#include "report/bench_console.h"

#include <fmt/format.h>

#include "base/text.h"
#include "lab/summary.h"
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

std::string ratio_text(const ModeSummary& mode, const std::string& baseline) {
  if (!mode.ratio) return "–";
  const std::string value = fmt::format("{:.2f}", mode.ratio->value);
  if (mode.mode == baseline || !mode.ratio->interval) return value;
  return fmt::format("{} ({})", value, interval_text(mode.ratio->interval));
}

std::string mode_table(const ExperimentPlan& plan, const ExperimentResult& result,
                       const std::vector<ModeSummary>& modes) {
  const std::vector<Column> columns{{"mode", Align::left},
                                    {"mean s", Align::right},
                                    {"median s", Align::right},
                                    {"95 % interval", Align::right},
                                    {fmt::format("ratio to {}", printable(plan.baseline)), Align::left},
                                    {"parallelism", Align::right},
                                    {"peak memory", Align::right},
                                    {"bytes", Align::right}};
  std::vector<std::vector<std::string>> rows;
  for (const ModeSummary& mode : modes) {
    rows.push_back({printable(mode.mode), fmt::format("{:.2f}", mode.mean_seconds),
                    fmt::format("{:.2f}", mode.median_seconds), interval_text(mode.mean_interval_seconds),
                    ratio_text(mode, plan.baseline), fmt::format("{:.2f}", mode.parallelism),
                    human_bytes(mode.peak_memory_bytes), with_commas(result.bytes)});
  }
  return table(columns, rows);
}

std::string conditions(const ExperimentPlan& plan, const ExperimentResult& result) {
  const CpuBudget& cpu = result.environment.cpu;
  std::string cores = counted(static_cast<std::uint64_t>(cpu.cores()), "core");
  if (cpu.cores() < cpu.online) cores += fmt::format(" (of {} online)", cpu.online);
  return fmt::format("{} at {}; {} on {}; grain {}; {} after a warm-up; scratch on {}; labday {}.\n",
                     counted(plan.job.sources.size(), "source"), rendition_list(plan.job),
                     counted(static_cast<std::uint64_t>(plan.workers), "worker"), cores, name(plan.grain),
                     counted(static_cast<std::uint64_t>(plan.rounds), "round"),
                     result.environment.scratch_file_system, result.environment.version);
}

}  // namespace

std::string bench_text(const ExperimentPlan& plan, const ExperimentResult& result) {
  if (result.disagreement) return disagreement_text(plan, *result.disagreement);
  const std::vector<ModeSummary> modes = summarise(plan, result);
  std::string text;
  if (result.cancelled) {
    text += fmt::format("Interrupted: {} of {} were finished.\n", result.verified_rounds,
                        counted(plan.modes.size() * static_cast<std::uint64_t>(plan.rounds), "round"));
  } else if (result.files == 0) {
    text += "No rendition could be made, so there is nothing to time.\n";
  }
  if (modes.empty()) return text;

  text += proof(plan, result, modes.size()) + "\n";
  for (const ModeSummary& mode : modes) {
    text += fmt::format("Running in {} mode took {:.2f} seconds (~{:.2f} minutes)\n", printable(mode.mode),
                        mode.mean_seconds, mode.mean_seconds / 60);
  }
  text += "\n" + mode_table(plan, result, modes) + "\n";
  for (const ModeSummary& mode : modes) {
    if (!mode.note.empty()) text += fmt::format("{}: {}.\n", printable(mode.mode), printable(mode.note));
  }
  return text + conditions(plan, result);
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
