// Where a notebook keeps its runs, for those that write elsewhere.
#pragma once

#include <string>

#include "base/result.h"

namespace labday {

/// Usage error where `file`, which need not be there, lies within the folder `runs` of a notebook, whatever
/// links lead to it: a run or its notes would be lost there, or a file that is none be taken for one. Such a
/// notebook has a NOTEBOOK.md, the name that it has by default, or a run. Reads folders and files, and
/// changes nothing.
[[nodiscard]] Result<void> check_outside_runs(const std::string& file);

}  // namespace labday
