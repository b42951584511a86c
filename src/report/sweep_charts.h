// A sweep as pictures: seconds along each axis, and how the modes scale with their workers.
#pragma once

#include "lab/sweep_record.h"
#include "lab/sweep_summary.h"
#include "report/json_parts.h"
#include "report/mode_colours.h"

namespace labday {

/// Blocks of the page: for each axis with several values the modes' curves with the bands of their intervals
/// and the crossovers; where other axes have several values too, what is held is chosen from a list.
[[nodiscard]] Json sweep_curve_blocks(const SweepRecord& record, const SweepSummary& summary,
                                      ModeColours& colours);

/// The laws that were fitted, over what was measured. Empty where none was.
[[nodiscard]] Json scaling_blocks(const SweepRecord& record, const SweepSummary& summary,
                                  ModeColours& colours);

}  // namespace labday
