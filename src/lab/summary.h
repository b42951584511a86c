// An experiment's rounds in the figures that are shown of them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lab/comparisons.h"
#include "lab/experiment.h"
#include "lab/statistics.h"

namespace labday {

struct ModeSummary {
  std::string mode;
  std::vector<double> seconds;  // Mode::run() of each round that counts, in order
  std::vector<int> rounds;      // the number of each: 1 …, with gaps where a round failed
  std::vector<int> outliers;    // which rounds (1 …) stand out; they count like all others
  double mean_seconds = 0;
  double median_seconds = 0;
  std::optional<double> deviation_seconds;
  std::optional<Interval> mean_interval_seconds;    // 95 %
  Standing standing;                                // against the baseline, and among all modes
  double start_seconds = 0;                         // mean
  double cpu_seconds = 0;                           // mean
  double parallelism = 0;                           // CPU seconds / wall seconds, all rounds together
  std::uint64_t peak_memory_bytes = 0;              // of the worst round
  std::array<double, kStageCount> stage_seconds{};  // mean over rounds, by Stage, summed over workers
  int workers = 1;
  std::string note;  // what the mode chose by itself, of the last round that counts
};

struct Summary {
  std::vector<ModeSummary> modes;  // that have at least one round that counts, in the order of the plan
  std::optional<NoiseFloor> noise_floor;
};

/// By block; none where there is no round, or where the clock did not advance.
[[nodiscard]] std::vector<std::optional<double>> log_seconds(
    const std::vector<std::optional<RoundResult>>& rounds);

/// Empty after a disagreement.
[[nodiscard]] Summary summarise(const ExperimentPlan& plan, const ExperimentResult& result);

/// Is the interval of every mode's ratio narrower than plan.precision, as a share of the ratio? Where the
/// baseline is alone, its ratio to itself has to be.
[[nodiscard]] bool precise(const ExperimentPlan& plan, const ExperimentResult& result);

}  // namespace labday
