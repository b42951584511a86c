// What an experiment claims, in sentences: the noise floor, who differs from the baseline, what stood out.
#pragma once

#include <string>

#include "lab/summary.h"

namespace labday {

/// One line each; ends with a line feed.
[[nodiscard]] std::string claims_text(const ExperimentPlan& plan, const Summary& summary);

}  // namespace labday
