// The seconds of every round, the means and their intervals, by mode.
#pragma once

#include <string>
#include <vector>

#include "lab/experiment.h"
#include "lab/summary.h"
#include "report/json_parts.h"
#include "report/mode_colours.h"

namespace labday {

/// A block of the page. `summary` has a mode at least; the fastest stands first.
[[nodiscard]] Json times_chart(const ExperimentPlan& plan, const Summary& summary, ModeColours& colours);

/// The modes' labels, the least mean first.
[[nodiscard]] std::vector<std::string> by_mean(const Summary& summary);

}  // namespace labday
