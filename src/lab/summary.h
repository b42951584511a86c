// One mode's rounds in the figures that are shown of them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lab/experiment.h"
#include "lab/statistics.h"

namespace labday {

struct ModeSummary {
  std::string mode;
  std::vector<double> seconds;  // Mode::run() of each round that counts, in order
  double mean_seconds = 0;
  double median_seconds = 0;
  std::optional<double> deviation_seconds;
  std::optional<Interval> mean_interval_seconds;    // 95 %
  std::optional<Ratio> ratio;                       // to the baseline, over the rounds that both have
  double start_seconds = 0;                         // mean
  double cpu_seconds = 0;                           // mean
  double parallelism = 0;                           // CPU seconds / wall seconds, all rounds together
  std::uint64_t peak_memory_bytes = 0;              // of the worst round
  std::array<double, kStageCount> stage_seconds{};  // mean over rounds, by Stage, summed over workers
  int workers = 1;
  std::string note;  // what the mode chose by itself, of the last round that counts
};

/// The modes that have at least one round that counts, in the order of the plan. Empty after a disagreement.
[[nodiscard]] std::vector<ModeSummary> summarise(const ExperimentPlan& plan, const ExperimentResult& result);

}  // namespace labday
