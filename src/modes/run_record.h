// What a mode knows of its workers when a run is over, beside the records of the tasks: what they cost to
// make, what the kernel counted for them, and, of threads, when they had nothing to do.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/kernel_figures.h"
#include "transport/idle_log.h"

namespace labday {

/// A place for a worker: 0 … workers - 1. Of processes that are replaced, all that had the place.
struct WorkerRecord {
  std::int32_t worker = 0;
  std::uint64_t made = 0;  // processes or threads that were made for it during run(), not before
  Nanoseconds making{0};   // from the wish to have one to the beginning of its first task, over all of these
  Nanoseconds ending{0};   // from the end of a process's last task until it was gone
  KernelFigures kernel;    // during run()
  /// Of a thread that may take part in any task: when it took part in none. None where a worker is busy from
  /// the beginning of a task of its own to the end, and idle between.
  std::optional<std::vector<IdleSpan>> idle;
  bool operator==(const WorkerRecord&) const = default;
};

struct RunRecord {
  std::vector<WorkerRecord> workers;  // empty: the thread that called run() was the only one
  KernelFigures helpers;  // of what is no worker: the parent that hands out, an event loop, threads for I/O
  std::uint64_t memory_peak = 0;  // with --memory-limit: the most that tasks had taken of it at a time
};

/// Of the threads of a pool; `until`: the run was over.
[[nodiscard]] std::vector<WorkerRecord> worker_records(const std::vector<IdleLog>& logs, Nanoseconds until);

}  // namespace labday
