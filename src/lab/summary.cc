#include "lab/summary.h"

#include <algorithm>

namespace labday {
namespace {

using Rounds = std::vector<std::optional<RoundResult>>;

const Rounds* rounds_of(const ExperimentResult& result, const std::string& mode) {
  for (const ModeRounds& rounds : result.modes) {
    if (rounds.mode == mode) return &rounds.rounds;
  }
  return nullptr;
}

/// Over the rounds that both have; none where there is no such round.
std::optional<Ratio> ratio_of(const Rounds& rounds, const Rounds& baseline) {
  std::vector<double> values;
  std::vector<double> references;
  for (std::size_t i = 0; i < std::min(rounds.size(), baseline.size()); ++i) {
    if (!rounds[i] || !baseline[i]) continue;
    // A clock that did not advance gives no ratio.
    if (rounds[i]->wall.count() <= 0 || baseline[i]->wall.count() <= 0) continue;
    values.push_back(to_seconds(rounds[i]->wall));
    references.push_back(to_seconds(baseline[i]->wall));
  }
  if (values.empty()) return std::nullopt;
  return paired_ratio(values, references);
}

ModeSummary summarise_mode(const ModeRounds& mode, const Rounds* baseline) {
  ModeSummary summary;
  summary.mode = mode.mode;
  double starts = 0;
  double cpu = 0;
  double wall = 0;
  for (const std::optional<RoundResult>& round : mode.rounds) {
    if (!round) continue;
    summary.seconds.push_back(to_seconds(round->wall));
    starts += to_seconds(round->start);
    cpu += to_seconds(round->cpu);
    wall += to_seconds(round->wall);
    summary.peak_memory_bytes = std::max(summary.peak_memory_bytes, round->peak_memory_bytes);
    summary.workers = round->workers;
    summary.note = round->note;
    for (std::size_t stage = 0; stage < summary.stage_seconds.size(); ++stage) {
      summary.stage_seconds[stage] += to_seconds(round->totals.stage_times[stage]);
    }
  }
  if (summary.seconds.empty()) return summary;
  const auto count = static_cast<double>(summary.seconds.size());
  for (double& seconds : summary.stage_seconds) seconds /= count;
  summary.start_seconds = starts / count;
  summary.cpu_seconds = cpu / count;
  summary.parallelism = wall > 0 ? cpu / wall : 0;
  summary.mean_seconds = mean(summary.seconds);
  summary.median_seconds = median(summary.seconds);
  summary.deviation_seconds = standard_deviation(summary.seconds);
  summary.mean_interval_seconds = mean_interval(summary.seconds);
  if (baseline != nullptr) summary.ratio = ratio_of(mode.rounds, *baseline);
  return summary;
}

}  // namespace

std::vector<ModeSummary> summarise(const ExperimentPlan& plan, const ExperimentResult& result) {
  std::vector<ModeSummary> summaries;
  if (result.disagreement) return summaries;
  const Rounds* baseline = rounds_of(result, plan.baseline);
  for (const ModeRounds& mode : result.modes) {
    ModeSummary summary = summarise_mode(mode, baseline);
    if (!summary.seconds.empty()) summaries.push_back(std::move(summary));
  }
  return summaries;
}

}  // namespace labday
