#include "report/sweep_console.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "lab/sweep_summary.h"
#include "report/machine_text.h"
#include "report/scaling_text.h"
#include "report/table.h"
#include "report/wording.h"

namespace labday {
namespace {

std::string workers_text(int workers) { return counted(static_cast<std::uint64_t>(workers), "worker"); }

std::string job_text(const SweepPlan& plan, const SweepJob& job, std::uint64_t sources) {
  return fmt::format("{} at {:g}x", counted(sources, "source"), plan.sizes[job.size]);
}

/// `threads with 2 workers, 5 sources at 0.5x`
std::string entry_text(const SweepPlan& plan, const SweepEntry& entry, const SweepJob& job,
                       std::uint64_t sources) {
  const SweepMode& mode = plan.modes[entry.mode];
  std::string text = printable(mode.spec);
  if (mode.takes_workers) text += " with " + workers_text(plan.workers[entry.workers]);
  return text + ", " + job_text(plan, job, sources);
}

std::string entry_text(const SweepRecord& record, std::size_t index) {
  const SweepGrid grid(record.plan);
  const SweepEntry& entry = grid.entries()[index];
  return entry_text(record.plan, entry, grid.jobs()[entry.job], record.result.jobs[entry.job].sources);
}

std::string disagreement_text(const SweepRecord& record, const SweepDisagreement& disagreement) {
  const std::string baseline = printable(record.plan.baseline);
  const std::string what = disagreement.difference.kind == Difference::Kind::missing
                               ? fmt::format("a file that {} mode wrote is missing", baseline)
                           : disagreement.difference.kind == Difference::Kind::extra
                               ? fmt::format("there is a file that {} mode did not write", baseline)
                               : fmt::format("a file has other bytes than {} mode wrote", baseline);
  return fmt::format(
      "The modes disagree: after {} in block {} {}:\n  {}\nNo times are shown, since they are not of the "
      "same "
      "work.\n",
      entry_text(record, disagreement.entry), disagreement.block, what,
      printable(disagreement.difference.name));
}

/// `0.0123`: four significant digits of a time, however short.
std::string seconds_text(double seconds) {
  return fmt::format("{:.{}f}", seconds, seconds < 0.1 ? 5 : seconds < 1 ? 4 : 3);
}

std::string ratio_text(const Standing& standing) {
  if (!standing.ratio) return "–";
  const std::string value = fmt::format("{:.2f}", standing.ratio->value);
  if (standing.verdict == Verdict::baseline || !standing.ratio->interval) return value;
  return fmt::format("{} ({:.2f} – {:.2f})", value, standing.ratio->interval->low,
                     standing.ratio->interval->high);
}

std::string points_table(const SweepRecord& record, const SweepGrid& grid, const SweepSummary& summary) {
  const std::vector<Column> columns{
      {"sources", Align::right},
      {"size", Align::right},
      {"workers", Align::right},
      {"mode", Align::left},
      {"place", Align::right},
      {"s a source", Align::right},
      {"95 % interval", Align::right},
      {fmt::format("ratio to {}", printable(record.plan.baseline)), Align::left}};
  std::vector<std::vector<std::string>> rows;
  for (const SweepPointSummary& at : summary.points) {
    const auto sources = static_cast<double>(at.sources);
    bool first = true;
    for (const ModeSummary& mode : at.summary.modes) {
      const auto& interval = mode.mean_interval_seconds;
      const auto once = [&](std::string text) { return first ? std::move(text) : std::string(); };
      rows.push_back({once(with_commas(at.sources)),
                      once(fmt::format("{:g}x", record.plan.sizes[grid.jobs()[at.point.job].size])),
                      once(fmt::format("{}", record.plan.workers[at.point.workers])), printable(mode.mode),
                      mode.standing.place ? fmt::format("{}", *mode.standing.place) : "–",
                      seconds_text(mode.mean_seconds / sources),
                      interval ? fmt::format("{} – {}", seconds_text(interval->low / sources),
                                             seconds_text(interval->high / sources))
                               : "–",
                      ratio_text(mode.standing)});
      first = false;
    }
  }
  return table(columns, rows);
}

/// The place of a crossover on its axis, with its unit.
std::string place_text(const Crossover& crossover) {
  const bool factor = crossover.axis == SweepAxis::size;
  const auto number = [&](double value) {
    return factor ? fmt::format("{:.2f}x", value) : fmt::format("{:.{}f}", value, value < 100 ? 1 : 0);
  };
  return fmt::format("{}{} (95 % {} – {})", number(crossover.at),
                     factor ? std::string() : fmt::format(" {}", name(crossover.axis)),
                     number(crossover.interval.low), number(crossover.interval.high));
}

/// The other two axes, on which a crossover does not move.
std::string held_text(const SweepRecord& record, const SweepGrid& grid, const Crossover& crossover) {
  std::vector<std::string> held;
  const SweepJob& job = grid.jobs()[crossover.before.job];
  if (crossover.axis != SweepAxis::sources) {
    held.push_back(counted(record.result.jobs[crossover.before.job].sources, "source"));
  }
  if (crossover.axis != SweepAxis::size)
    held.push_back(fmt::format("size {:g}x", record.plan.sizes[job.size]));
  if (crossover.axis != SweepAxis::workers) {
    held.push_back(workers_text(record.plan.workers[crossover.before.workers]));
  }
  return fmt::format("{}", fmt::join(held, ", "));
}

std::string crossovers_text(const SweepRecord& record, const SweepGrid& grid, const SweepSummary& summary) {
  std::string certain;
  std::string likely;
  for (const Crossover& crossover : summary.crossovers) {
    std::string& text = crossover.beyond_noise ? certain : likely;
    text += fmt::format("  along {} ({}): {} overtakes {} at about {}.\n", name(crossover.axis),
                        held_text(record, grid, crossover), printable(crossover.winner),
                        printable(crossover.loser), place_text(crossover));
  }
  std::string text = certain.empty() ? "Nowhere on the grid do two modes change places beyond the noise.\n"
                                     : "Where the ranking changes:\n" + certain;
  if (!likely.empty()) {
    text += "Where it seems to change, though on one side the two cannot be told apart:\n" + likely;
  }
  return text;
}

std::string proof(const SweepRecord& record) {
  std::uint64_t rounds = 0;
  for (const auto& entry : record.result.rounds) {
    for (const auto& round : entry) rounds += round ? 1 : 0;
  }
  if (rounds == 0) return "";
  return fmt::format("All {} modes agree on the files of {}: each of {} was read back and compared.\n",
                     record.plan.modes.size(), counted(record.result.jobs.size(), "job"),
                     counted(rounds, "round"));
}

std::string conditions(const SweepRecord& record) {
  const SweepResult& result = record.result;
  return fmt::format(
      "{} found, at {}; {} on {}; grain {}; {} after a warm-up, in an order from seed {}{}; scratch "
      "on {}; labday {}.\n",
      counted(record.sources, "source"), rendition_list(record.plan.job),
      fmt::format("{} workers", fmt::join(record.plan.workers, ", ")),
      counted(static_cast<std::uint64_t>(result.environment.cpu.cores()), "core"), name(record.plan.grain),
      counted(static_cast<std::uint64_t>(result.blocks()), "block"), record.plan.seed,
      result.sessions > 1 ? fmt::format(", in {} sessions", result.sessions) : "",
      result.environment.scratch_file_system, result.environment.version);
}

}  // namespace

std::string duration_text(Nanoseconds time) {
  const double seconds = to_seconds(time);
  if (seconds < 1) return fmt::format("{:.0f} ms", 1000 * seconds);
  if (seconds < 10) return fmt::format("{:.1f} s", seconds);
  if (seconds < 120) return fmt::format("{:.0f} s", seconds);
  if (seconds < 7200) return fmt::format("{:.0f} min", seconds / 60);
  return fmt::format("{:.1f} h", seconds / 3600);
}

std::string sweep_estimate_text(const SweepPlan& plan, const SweepEstimate& estimate) {
  const SweepGrid grid(plan);
  const bool all = estimate.probed_jobs == grid.jobs().size();
  const std::string probed =
      all ? fmt::format("the warm-up{} in {} mode", grid.jobs().size() == 1 ? "" : "s",
                        printable(plan.baseline))
          : fmt::format("the warm-ups of {} of {} in {} mode and the pixels that the others make",
                        estimate.probed_jobs, counted(grid.jobs().size(), "job"), printable(plan.baseline));
  return fmt::format(
      "{} at {} of {} of sources × {} × {} of workers: {} to play, in about {} to {}.\nThat is told from {} "
      "({}): the "
      "longer time if every mode took as long as {}, the shorter one if workers divided it among the "
      "cores.\n",
      counted(plan.modes.size(), "mode"), counted(grid.points().size(), "point"),
      counted(plan.sources.size(), "number"), counted(plan.sizes.size(), "size"),
      counted(plan.workers.size(), "count"), counted(estimate.rounds, "round"),
      duration_text(estimate.at_least), duration_text(estimate.at_most), probed,
      duration_text(estimate.probes), printable(plan.baseline));
}

std::string sweep_resumed_text(const SweepRecord& record, const std::string& path) {
  const std::uint64_t all =
      SweepGrid(record.plan).entries().size() * static_cast<std::uint64_t>(record.plan.rounds);
  const std::uint64_t played = record.result.order.size();
  if (played >= all) {
    return fmt::format("{} holds all {} of this sweep: nothing is left to play (--fresh starts anew).\n",
                       printable(path), counted(all, "round"));
  }
  return fmt::format("Going on with the sweep in {}: {} of {} were played before (--fresh starts anew).\n",
                     printable(path), with_commas(played), counted(all, "round"));
}

std::string sweep_text(const SweepRecord& record) {
  const SweepResult& result = record.result;
  if (result.disagreement) return disagreement_text(record, *result.disagreement);
  const SweepGrid grid(record.plan);
  std::string text;
  if (result.ended == Ended::cancelled) {
    text +=
        fmt::format("Interrupted: {} of {} were played.\n", with_commas(result.order.size()),
                    counted(grid.entries().size() * static_cast<std::uint64_t>(record.plan.rounds), "round"));
  } else if (result.ended == Ended::nothing) {
    text += "At one of the points no rendition could be made, so there is nothing to time.\n";
  }
  const std::string evidence = proof(record);
  if (evidence.empty()) return text;
  const SweepSummary summary = summarise_sweep(record.plan, result);
  text +=
      evidence + "\n" + points_table(record, grid, summary) + "\n" + crossovers_text(record, grid, summary);
  if (const std::string scaling = scaling_text(record, summary); !scaling.empty()) text += "\n" + scaling;
  return text + "\n" + conditions(record) + machine_text(result.environment);
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

std::string progress_line(const SweepPlan& plan, const SweepPosition& position, std::uint64_t sources_found) {
  const SweepGrid grid(plan);
  const SweepJob& job = grid.jobs()[position.job];
  const std::uint64_t sources = source_count(plan.sources[job.sources], sources_found);
  if (!position.entry) {
    return fmt::format("Warm-up with {} ({} of {})", job_text(plan, job, sources), position.step,
                       position.steps);
  }
  return fmt::format("Block {} of {}: {} ({} of {})", position.block, plan.rounds,
                     entry_text(plan, grid.entries()[*position.entry], job, sources), position.step,
                     position.steps);
}

}  // namespace labday
