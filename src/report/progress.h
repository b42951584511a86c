// A line on the terminal that says how far things are. It is drawn over itself on stderr, keeps away from
// pipes, needs no thread, and is gone when the work is done.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "pipeline/job.h"
#include "pipeline/run_task.h"

namespace labday {

struct RoundPosition;

enum class ProgressMode : std::uint8_t { automatic, on, off };

/// automatic: only if `fd` is a terminal, and not a dumb one ($TERM).
[[nodiscard]] bool progress_wanted(ProgressMode mode, int fd);

/// A line that is drawn over itself. Not thread-safe.
class StatusLine {
 public:
  /// Draws to `fd`, which is borrowed, if `enabled`; otherwise only message() writes.
  StatusLine(int fd, bool enabled) : fd_(fd), enabled_(enabled) {}
  StatusLine(const StatusLine&) = delete;
  StatusLine& operator=(const StatusLine&) = delete;
  ~StatusLine() { clear(); }

  /// Is it time to draw again? At most ten times a second.
  [[nodiscard]] bool due(Clock::time_point now) const;
  /// Draws at once, whatever due() says. Cut to the width of the terminal.
  void show(std::string_view line, Clock::time_point now);
  /// Writes a line that stays, above the status line.
  void message(std::string_view line);
  void clear();
  /// What a line may take.
  [[nodiscard]] int columns() const;

 private:
  int fd_;
  bool enabled_;
  std::string shown_;
  Clock::time_point last_{};
  bool drawn_before_ = false;
};

/// How far a job is.
struct ProgressState {
  std::uint64_t renditions = 0;  // finished, in whatever way
  std::uint64_t renditions_total = 0;
  double fraction = 0;  // of the work, 0 … 1: renditions weighted by the bytes of their sources
  std::uint64_t bytes_written = 0;
  std::uint64_t failed = 0;
  Nanoseconds elapsed{0};
};

/// `[#####-----]  52 %  26/50  12.3/s  56.0 MB  ETA 0:03`, at most `columns` wide; parts that do not fit are
/// left out, the least important first.
[[nodiscard]] std::string progress_line(const ProgressState& state, int columns);

/// Follows a job by its results.
class JobProgress {
 public:
  /// `job` and `line` are borrowed; `slices` is what will be done of the job.
  JobProgress(const Job& job, std::span<const Task> slices, StatusLine& line);

  void add(const TaskResult& result);

 private:
  const Job& job_;
  StatusLine& line_;
  ProgressState state_;
  double work_total_ = 0;
  double work_done_ = 0;
  Clock::time_point begin_ = Clock::now();
};

/// `Warm-up in blocking mode (1 of 14)`, `Round 2 of 3 in threads mode (5 of 14)`.
[[nodiscard]] std::string progress_line(const RoundPosition& position);

}  // namespace labday
