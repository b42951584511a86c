// The machine that an experiment ran on, and what else went on there, in a few lines.
#pragma once

#include <string>

#include "lab/environment.h"

namespace labday {

/// Ends with a line feed. What is not available is named as such.
[[nodiscard]] std::string machine_text(const Environment& environment);

}  // namespace labday
