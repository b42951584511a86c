// The CPU time of a stage, at the price of the wall time that is measured anyway. Asking the kernel for a
// thread's CPU time costs some 0.5 to 1.5 µs, a hundred times as much as the time of day, and a small task
// passes through dozens of stages. So the kernel is asked only when there has been time enough for the thread
// to lose its processor; in between, the thread is taken to have been running.
//
// All functions are about the calling thread. Stages of one thread do not overlap.
#pragma once

#include "base/clock.h"
#include "base/error.h"

namespace labday {

/// A thread that is waited for by nobody keeps its processor about so long at least.
inline constexpr Nanoseconds kTrustedCpu = std::chrono::microseconds(200);
/// File calls may wait, and a wait is worth to be known from this length on.
inline constexpr Nanoseconds kTrustedFileCall = std::chrono::microseconds(20);

/// Before the first stage of a task, and in a copy of a process.
void restart_stage_cpu();

/// A stage begins.
void begin_stage_cpu(Clock::time_point now);

/// It ends: of the time since `begin`, what the thread was running.
[[nodiscard]] Nanoseconds end_stage_cpu(Stage stage, Clock::time_point begin, Clock::time_point now);

}  // namespace labday
