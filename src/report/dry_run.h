// What a job would write, for `--dry-run`.
#pragma once

#include <span>
#include <string>

#include "pipeline/job.h"
#include "pipeline/resume.h"

namespace labday {

/// A line `SOURCE -> TARGET (WxH)` for each rendition, reading the header of each source, and the space it
/// will take. What stands in the way (a bad header, a target that exists) is said in the place of the size.
[[nodiscard]] std::string dry_run_text(const Job& job);

/// The same for a part of it; and where there is an `index`, what a run with --resume would make of what is
/// there.
[[nodiscard]] std::string dry_run_text(const Job& job, std::span<const Task> slices,
                                       const JournalIndex* index, const ResumeRules& rules);

}  // namespace labday
