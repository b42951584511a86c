// What a report says of a sweep, whatever it is written to.
#pragma once

#include <string>

#include "lab/sweep_record.h"
#include "lab/sweep_summary.h"
#include "report/table.h"

namespace labday {

/// Which file after which round is not as the baseline's; lines end with a line feed.
[[nodiscard]] std::string disagreement_text(const SweepRecord& record, const SweepDisagreement& disagreement);

/// That all rounds of a job made the same files, in one line with a line feed; empty without a round.
[[nodiscard]] std::string agreement_text(const SweepRecord& record);

/// What was done under which conditions, in one line with a line feed.
[[nodiscard]] std::string conditions_text(const SweepRecord& record);

/// Why there is less than was planned, in a line with a line feed; empty where there is not.
[[nodiscard]] std::string shortfall_text(const SweepRecord& record);

/// `along sources (size 1x, 1 worker): fast overtakes base at about 10.0 sources (95 % 9.9 – 10.1)`
[[nodiscard]] std::string crossover_text(const SweepRecord& record, const Crossover& crossover);

/// All of them, those beyond the noise first; lines end with a line feed.
[[nodiscard]] std::string crossovers_text(const SweepRecord& record, const SweepSummary& summary);

/// A row a point and mode: sources, size, workers, mode, place, seconds a source with their interval, ratio.
[[nodiscard]] TableCells point_cells(const SweepRecord& record, const SweepSummary& summary);

/// `0.0123`: four significant digits of a time, however short.
[[nodiscard]] std::string seconds_text(double seconds);

/// `threads with 2 workers, 5 sources at 0.5x`, by its place among the entries of the grid.
[[nodiscard]] std::string entry_text(const SweepRecord& record, std::size_t entry);

}  // namespace labday
