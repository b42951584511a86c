// How the modes scale with their workers, as a table with the two laws.
#pragma once

#include <string>

#include "lab/sweep_record.h"
#include "lab/sweep_summary.h"

namespace labday {

/// Ends with a line feed; empty where no mode takes workers, or only one count was tried.
[[nodiscard]] std::string scaling_text(const SweepRecord& record, const SweepSummary& summary);

}  // namespace labday
