// From flags to a job with its sources, as resize and bench both need it before they can start.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/job_options.h"
#include "cli/outputs.h"
#include "pipeline/job.h"

namespace labday {

struct Gathered {
  Job job;
  bool complete = true;  // every argument was found; what was not has been said on stderr
};

/// Finds the sources of `job`, whose output folder is left out. Fails where there is none, and where an
/// output would be written over what was read.
[[nodiscard]] Result<Gathered> gather_sources(Job job, const JobOptions& options,
                                              const std::vector<Output>& outputs);

/// no_space where the estimate for `slices` of the job does not fit where `folder` is.
[[nodiscard]] Result<void> check_space(const Job& job, std::span<const Task> slices,
                                       const std::string& folder);

}  // namespace labday
