// Where the seconds went, as text for a person.
#pragma once

#include <string>
#include <vector>

#include "lab/diagnosis.h"

namespace labday {

/// The table of what every mode's workers did, the causes as columns where a mode lost a per cent to them;
/// then a line for each finding, or that there is none. Empty where there are no records.
[[nodiscard]] std::string findings_text(const std::vector<ModeDiagnosis>& modes);

/// `multiprocessing:join=each: serialised by joins, 1.97 s (50 % of its workers' time): …`; ends with a line
/// feed.
[[nodiscard]] std::string finding_line(const Finding& finding);

}  // namespace labday
