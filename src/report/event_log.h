// What happens during `labday resize`, one JSON object a line, as it happens: `--log-json`, schema
// labday.log/1, docs/reliability.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/unique_fd.h"
#include "modes/mode.h"
#include "pipeline/job.h"
#include "report/json_parts.h"
#include "report/resize_record.h"

namespace labday {

struct JobStart {
  std::string_view version;
  std::string_view mode;
  int workers = 1;
  std::uint64_t sources = 0;  // of this shard
  std::string_view shard;     // as it was given; empty: the whole job
  bool resume = false;
  bool durable = false;
};

/// Events leave at once, each in one piece, so that logs of several runs may go to one file. Not thread-safe.
class EventLog {
 public:
  /// None, that takes events and writes nothing.
  EventLog() = default;

  /// `path` is appended to; `-` is stdout.
  [[nodiscard]] static Result<EventLog> open(const std::string& path);

  void job_start(const Job& job, const JobStart& start);
  void task(const Job& job, const TaskResult& result);
  void worker_lost(const Job& job, const WorkerLoss& loss);
  void interrupted(int signal);
  void job_end(const ResizeRecord& record, int exit_status);

  /// The first failure of writing; the events after it are lost.
  [[nodiscard]] const Result<void>& status() const { return status_; }

 private:
  void write(std::string_view event, const Json& json);

  std::string path_;
  UniqueFd file_;
  Result<void> status_;
};

}  // namespace labday
