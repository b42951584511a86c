// What a job would write, for `--dry-run`.
#pragma once

#include <string>

#include "pipeline/job.h"

namespace labday {

/// A line `SOURCE -> TARGET (WxH)` for each rendition, reading the header of each source, and the space it
/// will take. What stands in the way (a bad header, a target that exists) is said in the place of the size.
[[nodiscard]] std::string dry_run_text(const Job& job);

}  // namespace labday
