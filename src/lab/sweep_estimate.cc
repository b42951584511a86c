#include "lab/sweep_estimate.h"

#include <algorithm>

namespace labday {

SweepEstimate estimate_sweep(const SweepPlan& plan, const SweepGrid& grid,
                             const std::vector<double>& job_pixels,
                             const std::vector<std::optional<Nanoseconds>>& probes, std::size_t rounds_played,
                             int cores) {
  SweepEstimate estimate;
  std::optional<std::size_t> largest;
  for (std::size_t job = 0; job < probes.size(); ++job) {
    if (!probes[job]) continue;
    ++estimate.probed_jobs;
    estimate.probes += *probes[job];
    if (!largest || job_pixels[job] > job_pixels[*largest]) largest = job;
  }
  const auto seconds_of = [&](std::size_t job) {
    if (probes[job]) return to_seconds(*probes[job]);
    const double factor = job_pixels[*largest] > 0 ? job_pixels[job] / job_pixels[*largest] : 1;
    return to_seconds(*probes[*largest]) * factor;
  };
  double slow = 0;
  double fast = 0;
  for (std::size_t job = 0; job < probes.size(); ++job) {
    if (probes[job]) continue;
    slow += seconds_of(job);
    fast += seconds_of(job);
  }
  const std::vector<SweepTurn> turns = sweep_turns(plan, grid);
  for (std::size_t i = rounds_played; i < turns.size(); ++i) {
    const SweepEntry& entry = grid.entries()[turns[i].entry];
    const bool scales = plan.modes[entry.mode].takes_workers;
    slow += seconds_of(entry.job);
    fast += seconds_of(entry.job) / (scales ? std::max(1, std::min(plan.workers[entry.workers], cores)) : 1);
    ++estimate.rounds;
  }
  estimate.at_most = std::chrono::round<Nanoseconds>(std::chrono::duration<double>(slow));
  estimate.at_least = std::chrono::round<Nanoseconds>(std::chrono::duration<double>(fast));
  return estimate;
}

}  // namespace labday
