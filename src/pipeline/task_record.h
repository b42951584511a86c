// What is written down of a task while it is executed, where Job::records asks for it. A few words a task:
// this is for experiments, which keep thousands of them.
#pragma once

#include <array>
#include <cstdint>

#include "base/clock.h"
#include "base/error.h"

namespace labday {

/// Time spent in each stage, by Stage; bodies that ran in parallel are added up.
using StageTimes = std::array<Nanoseconds, kStageCount>;

/// Wall time of stages, and where `with_cpu` the CPU time of the threads that executed them.
struct StageCosts {
  StageTimes wall{};
  StageTimes cpu{};
  bool with_cpu = false;
};

/// One task as it was executed. Times of day are CLOCK_MONOTONIC's, which all processes of a machine share:
/// queued ≤ started ≤ ended.
struct TaskRecord {
  Nanoseconds queued{0};   // it was given to its worker, and to no other from then on
  Nanoseconds started{0};  // the worker began it
  Nanoseconds ended{0};    // its last file was in place
  StageTimes cpu{};        // by stage; 0 for stages whose work others do (a ring's file calls)
  Nanoseconds handing{0};  // of the time between: spent on giving pixels to other processes or taking them
  Nanoseconds waiting{0};  // likewise: spent on waiting for room for its pixels (--memory-limit)
  std::uint64_t bytes_handed = 0;  // messages to the worker and back, and pixels that it put in shared memory
  std::int32_t worker = 0;         // 0 … workers - 1
  bool operator==(const TaskRecord&) const = default;
};

/// The time since the epoch of the clock, as records have it.
[[nodiscard]] inline Nanoseconds since_epoch(Clock::time_point t) {
  return std::chrono::duration_cast<Nanoseconds>(t.time_since_epoch());
}

}  // namespace labday
