// The flags that resize, bench and sweep share, and the job that they make.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "pipeline/job.h"
#include "report/progress.h"

namespace CLI {
class App;
}

namespace labday {

struct JobOptions {
  std::vector<std::string> sources;
  std::string scales;
  std::string widths;
  std::string filter;
  std::string level;
  std::string orient;
  std::string name;
  std::string grain;
  int workers = 0;
  Limits limits;
  std::string memory_limit;
  std::string sandbox;
  std::string json;
  std::string progress;
  bool quiet = false;
  bool no_space_check = false;
  bool no_history = false;

  enum class Workers : std::uint8_t { one_count, none };
  /// Adds the flags to a command, --workers only for one_count; `this` must outlive it. --sandbox cannot be
  /// `require`, since modes are compared of which some have none.
  void add_to(CLI::App& command, const char* default_grain, Workers with_workers = Workers::one_count);

  /// Lets --sandbox be `require`, for a command that executes one mode.
  void let_sandbox_be_required(CLI::App& command);

  /// The job, still without sources and output.
  [[nodiscard]] Result<Job> make_job() const;

  [[nodiscard]] Grain grain_wanted() const;
  [[nodiscard]] Sandbox sandbox_wanted() const;
  [[nodiscard]] ProgressMode progress_wanted_mode() const;

  /// -j, or the cores that this process may use.
  [[nodiscard]] int worker_count() const;
};

}  // namespace labday
