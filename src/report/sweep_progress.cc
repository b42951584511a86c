#include "report/sweep_progress.h"

#include <fmt/format.h>

#include "base/text.h"
#include "report/wording.h"

namespace labday {

std::string workers_text(int workers) { return counted(static_cast<std::uint64_t>(workers), "worker"); }

std::string job_text(const SweepPlan& plan, const SweepJob& job, std::uint64_t sources) {
  return fmt::format("{} at {:g}x", counted(sources, "source"), plan.sizes[job.size]);
}

std::string entry_text(const SweepPlan& plan, const SweepEntry& entry, const SweepJob& job,
                       std::uint64_t sources) {
  const SweepMode& mode = plan.modes[entry.mode];
  std::string text = printable(mode.spec);
  if (mode.takes_workers) text += " with " + workers_text(plan.workers[entry.workers]);
  return text + ", " + job_text(plan, job, sources);
}

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
  const std::string most = duration_text(estimate.at_most);
  const std::string least = duration_text(estimate.at_least);
  const std::string time = least == most ? most : fmt::format("{} to {}", least, most);
  const std::string bounds =
      least == most ? ""
                    : fmt::format(
                          ": the longer time if every mode took as long as {}, the shorter one if "
                          "workers divided it among the cores",
                          printable(plan.baseline));
  return fmt::format(
      "{} at {} of {} of sources × {} × {} of workers: {} to play, in about {}.\nThat is told from {} "
      "({}){}.\n",
      counted(plan.modes.size(), "mode"), counted(grid.points().size(), "point"),
      counted(plan.sources.size(), "number"), counted(plan.sizes.size(), "size"),
      counted(plan.workers.size(), "count"), counted(estimate.rounds, "round"), time, probed,
      duration_text(estimate.probes), bounds);
}

std::string sweep_resumed_text(const SweepRecord& record, const std::string& path) {
  const std::uint64_t all =
      SweepGrid(record.plan).entries().size() * static_cast<std::uint64_t>(record.plan.rounds);
  const std::uint64_t played = record.result.order.size();
  if (played >= all) {
    return fmt::format("{} holds all {} of this sweep: nothing is left to play (--fresh starts anew).\n",
                       printable(path), counted(played, "round"));
  }
  return fmt::format("Going on with the sweep in {}: {} of {} were played before (--fresh starts anew).\n",
                     printable(path), with_commas(played), counted(all, "round"));
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
