#include "lab/summary.h"

#include <algorithm>
#include <cmath>

namespace labday {
namespace {

using Rounds = std::vector<std::optional<RoundResult>>;

Comparisons compare(const ExperimentPlan& plan, const ExperimentResult& result) {
  LogSeconds modes;
  std::optional<std::size_t> baseline;
  std::size_t blocks = result.control.size();
  for (const ModeRounds& mode : result.modes) {
    if (mode.mode == plan.baseline) baseline = modes.size();
    modes.push_back(log_seconds(mode.rounds));
    blocks = std::max(blocks, modes.back().size());
  }
  for (auto& mode : modes) mode.resize(blocks);
  std::vector<std::optional<double>> control = log_seconds(result.control);
  control.resize(blocks);
  return compare_modes(modes, baseline, control, plan.precision ? kSignificanceAfterLooking : kSignificance);
}

/// The numbers of the rounds whose seconds stand out.
std::vector<int> outlying_rounds(const Rounds& rounds) {
  std::vector<double> seconds;
  std::vector<int> numbers;
  for (std::size_t i = 0; i < rounds.size(); ++i) {
    if (!rounds[i] || rounds[i]->wall.count() <= 0) continue;
    seconds.push_back(to_seconds(rounds[i]->wall));
    numbers.push_back(static_cast<int>(i) + 1);
  }
  std::vector<int> outlying;
  for (const std::size_t place : outliers(seconds)) outlying.push_back(numbers[place]);
  return outlying;
}

ModeSummary summarise_mode(const ModeRounds& mode, std::uint64_t seed) {
  ModeSummary summary;
  summary.mode = mode.mode;
  double starts = 0;
  double cpu = 0;
  double wall = 0;
  for (std::size_t i = 0; i < mode.rounds.size(); ++i) {
    const std::optional<RoundResult>& round = mode.rounds[i];
    if (!round) continue;
    summary.seconds.push_back(to_seconds(round->wall));
    summary.rounds.push_back(static_cast<int>(i) + 1);
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
  summary.mean_interval_seconds = mean_interval(summary.seconds, seed);
  summary.outliers = outlying_rounds(mode.rounds);
  return summary;
}

}  // namespace

std::vector<std::optional<double>> log_seconds(const Rounds& rounds) {
  std::vector<std::optional<double>> logarithms;
  for (const std::optional<RoundResult>& round : rounds) {
    logarithms.emplace_back();
    if (round && round->wall.count() > 0) logarithms.back() = std::log(to_seconds(round->wall));
  }
  return logarithms;
}

Summary summarise(const ExperimentPlan& plan, const ExperimentResult& result) {
  Summary summary;
  if (result.disagreement) return summary;
  const Comparisons comparisons = compare(plan, result);
  for (std::size_t i = 0; i < result.modes.size(); ++i) {
    // Each mode draws samples of its own: equal ones would tie the errors of their intervals together.
    ModeSummary mode = summarise_mode(result.modes[i], plan.seed + i);
    mode.standing = comparisons.modes[i];
    if (!mode.seconds.empty()) summary.modes.push_back(std::move(mode));
  }
  summary.noise_floor = comparisons.noise_floor;
  return summary;
}

bool precise(const ExperimentPlan& plan, const ExperimentResult& result) {
  if (!plan.precision) return true;
  const auto narrow = [&](const std::optional<Ratio>& ratio) {
    return ratio && ratio->interval &&
           (ratio->interval->high - ratio->interval->low) / ratio->value < *plan.precision;
  };
  const Comparisons comparisons = compare(plan, result);
  bool any = false;
  for (const Standing& standing : comparisons.modes) {
    // A mode that never works would keep the experiment going for ever.
    if (standing.verdict == Verdict::baseline || !standing.ratio) continue;
    any = true;
    if (!narrow(standing.ratio)) return false;
  }
  return any || (comparisons.noise_floor && narrow(comparisons.noise_floor->ratio));
}

}  // namespace labday
