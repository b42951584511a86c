// The flags that resize and bench share, and the job that they make.
#pragma once

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

#include "base/result.h"
#include "pipeline/job.h"
#include "report/progress.h"

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
  std::string json;
  std::string progress;
  bool quiet = false;
  bool no_space_check = false;

  /// Adds the flags to a command; `this` must outlive it.
  void add_to(CLI::App& command, const char* default_grain);

  /// The job, still without sources and output.
  [[nodiscard]] Result<Job> make_job() const;

  [[nodiscard]] Grain grain_wanted() const;
  [[nodiscard]] ProgressMode progress_wanted_mode() const;

  /// -j, or the cores that this process may use.
  [[nodiscard]] int worker_count() const;
};

}  // namespace labday
