// The tasks of a round, laid out for pictures of time: lanes in which nothing overlaps, and the stages of a
// task one after the other.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "lab/round_record.h"

namespace labday {

/// From the beginning of the run.
struct Span {
  Nanoseconds begin{0};
  Nanoseconds end{0};
  bool operator==(const Span&) const = default;
};

/// A row of a picture. A worker has several where its tasks overlap: those of `async` wait for their files
/// while the worker goes on with others.
struct Lane {
  int worker = 0;
  int number = 0;  // among the lanes of its worker, from 0
  std::vector<std::size_t>
      tasks;  // places in RoundRecord::task_rows, by time; none begins before the last has ended

  /// `worker 1`, `worker 1, lane 2`: people count from 1.
  [[nodiscard]] std::string title() const;
};

/// Of every worker that has a row of its own or of a task; by worker, then by number. The tasks of a worker
/// take the first of its lanes that is free, in the order in which they began.
[[nodiscard]] std::vector<Lane> lanes_of(const RoundRecord& record);

/// What the worker waited during the run: a wait that had begun before counts from 0. Empty where that is not
/// recorded.
[[nodiscard]] std::vector<IdleSpan> waits_of(const WorkerRecord& worker);

/// A task's stages by Stage, within its time. How long each took is recorded and when is not: strips of a
/// rendition are resized and encoded by turns, and renditions follow one another. So they stand one behind
/// the other in the order of Stage, each as long as it was, and all shorter in proportion where together they
/// took longer than the task, since several workers took part in it. Spans are within the task and do not
/// overlap; those of no length are none.
[[nodiscard]] std::array<std::optional<Span>, kStageCount> stage_spans(const TaskRow& row);

/// `source 3, renditions 1 to 5`: people count from 1.
[[nodiscard]] std::string task_title(const Task& task);

/// `task_rows.size()` tasks of `tasks`: where a record does not hold all of them, what it holds, in words;
/// else empty.
[[nodiscard]] std::string left_out_of(const RoundRecord& record);

}  // namespace labday
