// Where the time of a round went, as it is written down: sums over all tasks and workers, which a diagnosis
// needs, and rows of tasks and workers, which a timeline and a prediction need. The sums are of all tasks,
// however many; of rows there are at most kMostRows. docs/findings.md explains.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/kernel_figures.h"
#include "modes/run_record.h"
#include "pipeline/run_task.h"

namespace labday {

inline constexpr std::size_t kMostTaskRows = 1000;
inline constexpr std::size_t kMostWorkerRows = 256;
inline constexpr std::size_t kMostIdleRows = 1024;  // over all workers
inline constexpr std::size_t kMostRows = kMostTaskRows + kMostWorkerRows + kMostIdleRows;

/// A task; the times of its record count from the beginning of the run.
struct TaskRow {
  Task task;
  TaskRecord record;
  StageTimes wall{};
  std::uint64_t bytes_read = 0;
  std::uint64_t bytes_written = 0;
  bool operator==(const TaskRow&) const = default;
};

/// Times count from the beginning of Mode::run() or are durations, added up over workers or tasks.
struct RoundRecord {
  std::uint64_t tasks = 0;   // that have a record
  Nanoseconds given_out{0};  // from here on no task was left that an idle worker could have had
  StageTimes wall{};
  StageTimes cpu{};
  Nanoseconds in_tasks{0};  // from the beginnings of tasks to their ends
  Nanoseconds longest_task{0};
  Nanoseconds handing{0};  // of it: on giving pixels to other processes and taking them
  std::uint64_t bytes_read = 0;
  std::uint64_t bytes_written = 0;
  std::uint64_t bytes_handed = 0;

  std::uint64_t workers_used = 0;  // that had a task
  bool floating = false;           // workers take part in one another's tasks; then `idle` is what they say
  Nanoseconds idle_before{0};      // of the workers used: between tasks, before `given_out`
  Nanoseconds idle_after{0};       // and after it
  Nanoseconds all_idle_after{0};   // floating: the time after it in which no worker was busy at all
  std::uint64_t made = 0;          // processes that were made during the run
  Nanoseconds making{0};           // from the wish to have one to its first task
  Nanoseconds ending{0};           // from a process's last task until it was gone

  KernelFigures workers;  // added up
  KernelFigures helpers;  // of the parent that hands out, of event loops and threads for I/O
  std::optional<Nanoseconds> machine_busy;  // of all processors, by whomever; in steps of 10 ms
  std::optional<Nanoseconds> stolen;        // of all processors, by other guests; likewise

  std::uint64_t row_stands_for = 1;  // tasks
  std::vector<TaskRow> task_rows;    // in the order in which they ended
  std::vector<WorkerRecord> worker_rows;
  bool operator==(const RoundRecord&) const = default;

  [[nodiscard]] std::size_t rows() const;
  void drop_rows();
};

/// Takes in results as they are delivered, in memory that does not grow with them.
class RecordCollector {
 public:
  void add(const TaskResult& result);

  /// `begin` and `end` of the run, as records have times of day. Once.
  [[nodiscard]] RoundRecord finish(Nanoseconds begin, Nanoseconds end, RunRecord run);

 private:
  struct Place {
    bool used = false;
    Nanoseconds first_started{0};
    Nanoseconds last_ended{0};
    Nanoseconds gaps{0};
  };
  void keep_row(const TaskResult& result);
  void see_idle_of_tasks(Nanoseconds begin, Nanoseconds end);
  void see_idle_of_threads(const std::vector<WorkerRecord>& workers, Nanoseconds begin, Nanoseconds end);

  RoundRecord record_;
  std::vector<Place> places_;
};

}  // namespace labday
