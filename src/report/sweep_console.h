// A sweep as text for a person.
#pragma once

#include <string>

#include "base/clock.h"
#include "lab/sweep_record.h"

namespace labday {

/// Before most of it has begun: how many rounds of what, how long that will probably take, and where that
/// figure comes from. Lines end with a line feed.
[[nodiscard]] std::string sweep_estimate_text(const SweepPlan& plan, const SweepEstimate& estimate);

/// That a sweep goes on with a record, and how far that is.
[[nodiscard]] std::string sweep_resumed_text(const SweepRecord& record, const std::string& path);

/// For stdout: that all modes agree; the table of all points; where the ranking changes; how the modes scale;
/// the conditions. After a disagreement: which file of which mode, and no time.
[[nodiscard]] std::string sweep_text(const SweepRecord& record);

/// For stderr: a line for each round that broke and for each source that failed; may be empty.
[[nodiscard]] std::string sweep_problems(const SweepRecord& record);

/// `Warm-up with 5 sources at 0.5x (1 of 40)`, `Block 2 of 3: threads with 2 workers, 5 sources at 0.5x (14
/// of 40)`.
[[nodiscard]] std::string progress_line(const SweepPlan& plan, const SweepPosition& position,
                                        std::uint64_t sources_found);

/// `95 s`, `12 min`, `1.6 h`.
[[nodiscard]] std::string duration_text(Nanoseconds time);

}  // namespace labday
