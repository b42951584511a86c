// What a report says of an experiment, whatever it is written to.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lab/experiment.h"
#include "lab/summary.h"
#include "report/table.h"

namespace labday {

/// Which file of which mode is not as the baseline's; lines end with a line feed.
[[nodiscard]] std::string disagreement_text(const ExperimentPlan& plan, const Disagreement& disagreement);

/// That `modes`, those with a time, wrote the same files, in one line with a line feed. There must be one.
[[nodiscard]] std::string agreement_text(const ExperimentPlan& plan, const ExperimentResult& result,
                                         const std::vector<ModeSummary>& modes);

/// What was done under which conditions, in one line with a line feed.
[[nodiscard]] std::string conditions_text(const ExperimentPlan& plan, std::uint64_t sources,
                                          const ExperimentResult& result);

/// Why there is less than was planned, in lines with a line feed; empty where there is not.
[[nodiscard]] std::string shortfall_text(const ExperimentPlan& plan, const ExperimentResult& result);

/// `1.76 – 1.82`, of what is never below 0; a dash where there is none.
[[nodiscard]] std::string interval_text(const std::optional<Interval>& interval);

/// `0.53 (0.50 – 0.57)`, `0.53 (too few rounds to know)`
[[nodiscard]] std::string ratio_text(const Standing& standing);

/// A row a mode: place, mean, median, deviation, interval, ratio, parallelism, memory.
[[nodiscard]] TableCells mode_cells(const ExperimentPlan& plan, const std::vector<ModeSummary>& modes);

}  // namespace labday
