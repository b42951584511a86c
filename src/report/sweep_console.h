// A sweep as text for a person.
#pragma once

#include <string>

#include "lab/sweep_record.h"
#include "report/bars.h"

namespace labday {

/// For stdout: that all modes agree; the table of all points; where the ranking changes; how the modes scale;
/// the conditions. After a disagreement: which file of which mode, and no time. With a canvas each row has
/// a bar, by the largest of its job's rows.
[[nodiscard]] std::string sweep_text(const SweepRecord& record, const Canvas& canvas = {});

/// For stderr: a line for each round that broke and for each source that failed; may be empty.
[[nodiscard]] std::string sweep_problems(const SweepRecord& record);

}  // namespace labday
