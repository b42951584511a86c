// The two clocks of labday. Wall time is monotonic; CPU time is the calling thread's, by the kernel.
#pragma once

#include <time.h>

#include <chrono>

namespace labday {

using Clock = std::chrono::steady_clock;
using Nanoseconds = std::chrono::nanoseconds;

[[nodiscard]] inline Nanoseconds thread_cpu_time() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return std::chrono::seconds(t.tv_sec) + Nanoseconds(t.tv_nsec);
}

[[nodiscard]] inline double to_seconds(Nanoseconds t) { return std::chrono::duration<double>(t).count(); }

}  // namespace labday
