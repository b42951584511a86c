// Two runs of a notebook beside one another, as text for a person.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "lab/run_comparison.h"
#include "report/notebook.h"

namespace labday {

/// Why the seconds of two runs must not be compared, in words: the machine or the job is another. Empty where
/// they may be.
[[nodiscard]] std::vector<std::string> obstacles_to_compare(const Run& first, const Run& second);

/// A table of what became of each mode, and what that looks like: the commit, the machine, or neither. The
/// runs are of one kind. usage where they are not, or have nothing in common.
[[nodiscard]] Result<std::string> run_comparison_text(const Run& first, const Run& second);

}  // namespace labday
