// Which worker had which task when, a picture a mode.
#pragma once

#include "lab/experiment.h"
#include "report/json_parts.h"

namespace labday {

inline constexpr std::size_t kMostTimelineTasks = 400;  // a mode
inline constexpr std::size_t kMostTimelineLanes = 48;

/// Blocks of the page: what the colours mean, and for each mode that has rows of tasks its round of median
/// time among those that have, all over the same seconds. Empty where no mode has any.
[[nodiscard]] Json timeline_blocks(const ExperimentResult& result);

}  // namespace labday
