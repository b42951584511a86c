// How a mode gives its tasks to workers, as data: what a diagnosis needs to tell a worker that has nothing to
// do from one that must not do anything, and what a prediction replays recorded tasks under.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

namespace labday {

struct Scheduling {
  static constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();

  int workers = 1;         // that were asked for
  int at_once = 1;         // of them that the mode ever lets have a task at the same time
  bool in_order = true;    // tasks as they are given; else the largest first
  bool processes = false;  // workers are processes; tasks, results and shared pixels pass between them
  bool splits = false;  // a task falls apart, into strips, for workers that have no task to take part in it
  std::uint64_t batches_a_worker = 0;  // then it is replaced, during the run; 0: never
  std::size_t batch = 1;               // tasks that are given at once
  bool adaptive = false;               // rather as many as take some tenths of a second
  std::size_t batches_under_way = kAll;
  std::size_t inflight = 0;  // sources whose files are awaited while workers do other things; 0: workers wait
  bool shares_pixels = false;  // tasks of one source share its decode
  bool operator==(const Scheduling&) const = default;
};

}  // namespace labday
