// Where the seconds of all workers went, stacked to wall time × workers.
#pragma once

#include <string>
#include <vector>

#include "lab/diagnosis.h"
#include "report/json_parts.h"

namespace labday {

/// A block of the page; `order` has the modes' labels from top to bottom.
[[nodiscard]] Json accounting_chart(const std::vector<ModeDiagnosis>& modes,
                                    const std::vector<std::string>& order);

}  // namespace labday
