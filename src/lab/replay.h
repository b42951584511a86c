// A job played by a mode's rules on a machine that is not there: a discrete-event simulation, in which tasks
// cost what recorded ones did. Deterministic, no clock; a million tasks take tenths of a second.
//
//   a worker is free → the one that hands out gives it a task → it waits for the file, and for the storage
//   that all share → computes, on one of the cores that all share → waits for its files → is free
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>

#include "modes/scheduling.h"

namespace labday {

/// What a task costs, in seconds unless said otherwise.
struct TaskCost {
  double serial = 0;    // computing that one worker has to do: reading, decoding
  double parallel = 0;  // computing that idle workers can take part in, where the mode splits tasks
  double read_wait = 0;
  double write_wait = 0;
  double bytes = 0;  // through the storage
};

/// What a mode adds to its tasks, in seconds.
struct Overheads {
  double start = 0;     // of the run, once
  double gap = 0;       // of a worker, between two tasks
  double make = 0;      // of a worker, for a process of its own, its end included
  double hand_out = 0;  // of whoever hands out, a task: it does this one after the other
};

/// What all workers share.
struct SharedLimits {
  int cores = 1;
  std::optional<double> storage_bytes_a_second;  // none: waits for files do not depend on one another
};

struct Replay {
  double seconds = 0;
  double cores_busy = 0;     // seconds, over all cores
  double hand_out_busy = 0;  // seconds
  double storage_busy = 0;   // seconds; 0 where there is no limit
};

/// `cost(i)`: of the i-th task in the order in which the mode hands them out.
[[nodiscard]] Replay replay(std::uint64_t tasks, const std::function<const TaskCost&(std::uint64_t)>& cost,
                            const Scheduling& scheduling, const Overheads& overheads,
                            const SharedLimits& limits);

}  // namespace labday
