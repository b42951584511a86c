// How the modes scale with their workers, as a table with the two laws.
#pragma once

#include <string>

#include "lab/sweep_record.h"
#include "lab/sweep_summary.h"
#include "report/table.h"

namespace labday {

/// Ends with a line feed; empty where no mode takes workers, or only one count was tried.
[[nodiscard]] std::string scaling_text(const SweepRecord& record, const SweepSummary& summary);

/// A row a mode and job: the parameters of the laws with their intervals.
[[nodiscard]] TableCells scaling_cells(const SweepRecord& record, const SweepSummary& summary);

/// What the laws do not hold for, in lines with a line feed; may be empty.
[[nodiscard]] std::string scaling_limits_text(const SweepRecord& record, const SweepSummary& summary);

}  // namespace labday
