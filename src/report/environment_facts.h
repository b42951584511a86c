// The conditions of a run as terms and what is known of them.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "lab/environment.h"

namespace labday {

/// In the order in which they are read; of what the machine did not tell it is said that it is not known.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> environment_facts(
    const Environment& environment);

}  // namespace labday
