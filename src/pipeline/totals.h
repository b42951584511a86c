// What became of a job as a whole: the results of its tasks, added up as they come in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/error.h"
#include "pipeline/run_task.h"

namespace labday {

/// How many of something ended in which way.
struct Counts {
  std::uint64_t done = 0;
  std::uint64_t skipped = 0;
  std::uint64_t failed = 0;
  std::uint64_t not_done = 0;

  [[nodiscard]] std::uint64_t total() const { return done + skipped + failed + not_done; }
  bool operator==(const Counts&) const = default;
};

struct JobTotals {
  Counts renditions;
  /// A source counts once, by the worst of its renditions: failed, else not done, else done, else skipped.
  /// Sources none of whose tasks came back are in none of the four.
  Counts sources;
  std::uint64_t warnings = 0;
  std::uint64_t bytes_read = 0;
  std::uint64_t bytes_written = 0;
  std::uint64_t pixels = 0;  // of the renditions done
  StageTimes stage_times{};  // summed over tasks, so it may exceed the wall time
  /// An error of reading or decoding a source counts once, however many tasks the source was cut into.
  std::uint64_t error_count = 0;
  std::vector<Error> errors;  // the first of them to come in, sorted by path
};

/// Adds the totals of another part of the job. Of the errors the first `error_limit` are kept.
void add_totals(JobTotals& sum, const JobTotals& part, std::size_t error_limit = 1000);

/// Adds up results. Costs one byte a source. Not thread-safe: a mode delivers from one thread at a time.
class TotalsCollector {
 public:
  static constexpr std::size_t kDefaultErrorLimit = 1000;

  explicit TotalsCollector(std::size_t source_count, std::size_t error_limit = kDefaultErrorLimit);

  /// `result` is of a task of the job; each task comes once.
  void add(const TaskResult& result);

  [[nodiscard]] JobTotals totals() const;

 private:
  JobTotals sums_;                           // `sources` is filled in by totals()
  std::vector<std::uint8_t> source_states_;  // what was seen of each source: bits, see totals.cc
  std::size_t error_limit_;
};

}  // namespace labday
