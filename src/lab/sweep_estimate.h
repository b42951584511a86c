// How long a sweep will take, told from its first warm-ups.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "lab/sweep_plan.h"

namespace labday {

/// How long it will take, told before most of it has begun.
struct SweepEstimate {
  std::size_t probed_jobs = 0;  // whose warm-ups were timed: those with the fewest pixels to make
  Nanoseconds probes{0};        // all these warm-ups, in the baseline's mode, the reading back included
  std::uint64_t rounds = 0;     // to be played, warm-ups apart
  Nanoseconds at_most{0};       // if all modes were as slow as the baseline
  Nanoseconds at_least{0};  // if those that take workers were as many times faster, up to the cores there are
};

/// Warm-ups are timed until they have taken so long, or all jobs are warm.
inline constexpr Nanoseconds kLongEnoughToEstimate = std::chrono::seconds(2);

/// A round of a job takes as long as its warm-up did (`probes`, by job; at least one is known), and where
/// that was not timed, as much longer than the largest one that was as it has more pixels (`job_pixels`) to
/// make.
[[nodiscard]] SweepEstimate estimate_sweep(const SweepPlan& plan, const SweepGrid& grid,
                                           const std::vector<double>& job_pixels,
                                           const std::vector<std::optional<Nanoseconds>>& probes,
                                           std::size_t rounds_played, int cores);

}  // namespace labday
