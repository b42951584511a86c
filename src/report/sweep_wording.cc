#include "report/sweep_wording.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "base/text.h"
#include "report/bench_wording.h"
#include "report/sweep_progress.h"
#include "report/wording.h"

namespace labday {
namespace {

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

}  // namespace

/// `0.0123`: four significant digits of a time, however short.
std::string seconds_text(double seconds) {
  return fmt::format("{:.{}f}", seconds, seconds < 0.1 ? 5 : seconds < 1 ? 4 : 3);
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

TableCells point_cells(const SweepRecord& record, const SweepSummary& summary) {
  const SweepGrid grid(record.plan);
  TableCells cells{{{"sources", Align::right},
                    {"size", Align::right},
                    {"workers", Align::right},
                    {"mode", Align::left},
                    {"place", Align::right},
                    {"s a source", Align::right},
                    {"95 % interval", Align::right},
                    {fmt::format("ratio to {}", printable(record.plan.baseline)), Align::left}},
                   {}};
  for (const SweepPointSummary& at : summary.points) {
    const auto sources = static_cast<double>(at.sources);
    bool first = true;
    for (const ModeSummary& mode : at.summary.modes) {
      const auto& interval = mode.mean_interval_seconds;
      const auto once = [&](std::string text) { return first ? std::move(text) : std::string(); };
      cells.rows.push_back(
          {once(with_commas(at.sources)),
           once(fmt::format("{:g}x", record.plan.sizes[grid.jobs()[at.point.job].size])),
           once(fmt::format("{}", record.plan.workers[at.point.workers])), printable(mode.mode),
           mode.standing.place ? fmt::format("{}", *mode.standing.place) : "–",
           seconds_text(mode.mean_seconds / sources),
           interval ? fmt::format("{} – {}", seconds_text(std::max(0.0, interval->low) / sources),
                                  seconds_text(interval->high / sources))
                    : "–",
           ratio_text(mode.standing)});
      first = false;
    }
  }
  return cells;
}

std::string crossover_text(const SweepRecord& record, const Crossover& crossover) {
  const SweepGrid grid(record.plan);
  return fmt::format("along {} ({}): {} overtakes {} at about {}", name(crossover.axis),
                     held_text(record, grid, crossover), printable(crossover.winner),
                     printable(crossover.loser), place_text(crossover));
}

std::string crossovers_text(const SweepRecord& record, const SweepSummary& summary) {
  std::string certain;
  std::string likely;
  for (const Crossover& crossover : summary.crossovers) {
    std::string& text = crossover.beyond_noise ? certain : likely;
    text += fmt::format("  {}.\n", crossover_text(record, crossover));
  }
  std::string text = certain.empty() ? "Nowhere on the grid do two modes change places beyond the noise.\n"
                                     : "Where the ranking changes:\n" + certain;
  if (!likely.empty()) {
    text += "Where it seems to change, though on one side the two cannot be told apart:\n" + likely;
  }
  return text;
}

std::string agreement_text(const SweepRecord& record) {
  const SweepGrid grid(record.plan);
  std::uint64_t rounds = 0;
  std::set<std::size_t> modes;  // of which there is a round
  std::set<std::size_t> jobs;
  for (std::size_t i = 0; i < record.result.rounds.size(); ++i) {
    for (const auto& round : record.result.rounds[i]) {
      if (!round) continue;
      ++rounds;
      modes.insert(grid.entries()[i].mode);
      jobs.insert(grid.entries()[i].job);
    }
  }
  if (rounds == 0) return "";
  const auto label = [&](std::size_t mode) { return printable(record.plan.modes[mode].spec); };
  std::string text = modes.size() == 1 ? fmt::format("{} mode and the warm-ups in {} mode agree",
                                                     label(*modes.begin()), printable(record.plan.baseline))
                                       : fmt::format("All {} modes agree", modes.size());
  text += fmt::format(" on the files of {}: each of {} was read back and compared.",
                      counted(jobs.size(), "job"), counted(rounds, "round"));
  std::vector<std::string> unplayed;
  for (std::size_t mode = 0; mode < record.plan.modes.size(); ++mode) {
    if (modes.count(mode) == 0) unplayed.push_back(label(mode));
  }
  if (!unplayed.empty())
    text += fmt::format(" Not compared, for want of a round: {}.", fmt::join(unplayed, ", "));
  return text + "\n";
}

std::string conditions_text(const SweepRecord& record) {
  const SweepResult& result = record.result;
  return fmt::format(
      "{} found, at {}; {} on {}; grain {}; {} after a warm-up, in an order from seed {}{}; scratch "
      "on {}; labday {}.\n",
      counted(record.sources, "source"), rendition_list(record.plan.job),
      record.plan.workers.size() == 1 ? workers_text(record.plan.workers.front())
                                      : fmt::format("{} workers", fmt::join(record.plan.workers, ", ")),
      counted(static_cast<std::uint64_t>(result.environment.cpu.cores()), "core"), name(record.plan.grain),
      counted(static_cast<std::uint64_t>(result.blocks()), "block"), record.plan.seed,
      result.sessions > 1 ? fmt::format(", in {} sessions", result.sessions) : "",
      printable(result.environment.scratch_file_system), printable(result.environment.version));
}

std::string shortfall_text(const SweepRecord& record) {
  const SweepResult& result = record.result;
  const SweepGrid grid(record.plan);
  const std::string played =
      fmt::format("{} of {}", with_commas(result.order.size()),
                  counted(grid.entries().size() * static_cast<std::uint64_t>(record.plan.rounds), "round"));
  if (result.ended == Ended::not_yet) return fmt::format("Unfinished when it was saved, after {}.\n", played);
  if (result.ended == Ended::cancelled) return fmt::format("Interrupted: {} were played.\n", played);
  if (result.ended == Ended::nothing) {
    return "At one of the points no rendition could be made, so there is nothing to time.\n";
  }
  return "";
}

}  // namespace labday
