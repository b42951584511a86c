// What is said while a sweep goes on: how long it will take, where it goes on, which round is about to begin.
#pragma once

#include <cstdint>
#include <string>

#include "base/clock.h"
#include "lab/sweep_record.h"

namespace labday {

/// Before most of it has begun: how many rounds of what, how long that will probably take, and where that
/// figure comes from. Lines end with a line feed.
[[nodiscard]] std::string sweep_estimate_text(const SweepPlan& plan, const SweepEstimate& estimate);

/// That a sweep goes on with a record, and how far that is.
[[nodiscard]] std::string sweep_resumed_text(const SweepRecord& record, const std::string& path);

/// `Warm-up with 5 sources at 0.5x (1 of 40)`, `Block 2 of 3: threads with 2 workers, 5 sources at 0.5x (14
/// of 40)`.
[[nodiscard]] std::string progress_line(const SweepPlan& plan, const SweepPosition& position,
                                        std::uint64_t sources_found);

/// `95 s`, `12 min`, `1.6 h`.
[[nodiscard]] std::string duration_text(Nanoseconds time);

/// `5 sources at 0.5x`
[[nodiscard]] std::string job_text(const SweepPlan& plan, const SweepJob& job, std::uint64_t sources);

/// `threads with 2 workers, 5 sources at 0.5x`; `job` is the entry's.
[[nodiscard]] std::string entry_text(const SweepPlan& plan, const SweepEntry& entry, const SweepJob& job,
                                     std::uint64_t sources);

/// `1 worker`, `2 workers`
[[nodiscard]] std::string workers_text(int workers);

}  // namespace labday
