// From flags to a job with its sources, as resize and bench both need it before they can start.
#pragma once

#include <string>

#include "base/result.h"
#include "cli/job_options.h"
#include "pipeline/job.h"

namespace labday {

struct Gathered {
  Job job;
  bool complete = true;  // every argument was found; what was not has been said on stderr
};

/// Fails where the flags contradict each other or no source is left.
[[nodiscard]] Result<Gathered> gather_job(const JobOptions& options, const std::string& output,
                                          OnExists on_exists);

/// no_space where the estimate for `job` does not fit where `folder` is.
[[nodiscard]] Result<void> check_space(const Job& job, const std::string& folder);

}  // namespace labday
