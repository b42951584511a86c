// How the modes' times changed from run to run.
#pragma once

#include <string>
#include <vector>

#include "report/json_parts.h"
#include "report/mode_colours.h"

namespace labday {

struct HistoryPoint {
  std::string mode;
  double mean_seconds = 0;
};

/// A run of bench; sweeps have no single time.
struct HistoryRun {
  std::string label;
  int number = 0;
  std::uint64_t sources = 0;
  std::string job;  // that of another run is the same text if the runs can be compared
  std::vector<HistoryPoint> modes;
};

inline constexpr std::size_t kMostHistoryRuns = 200;

/// A block of the page; null for fewer than two runs. Of more than kMostHistoryRuns the last ones, and it is
/// said so. Lines join runs of one job.
[[nodiscard]] Json history_chart(const std::vector<HistoryRun>& runs, ModeColours& colours);

}  // namespace labday
