// A notebook's runs as text for a terminal.
#pragma once

#include <string>
#include <vector>

#include "report/bars.h"
#include "report/notebook.h"

namespace labday {

/// A line a run: number, time, kind, commit, the fastest mode, title. Each line ends with a line feed.
[[nodiscard]] std::string notebook_list_text(const std::vector<RunSummary>& runs);

/// A whole run: its title, what bench or sweep printed of it, its notes.
[[nodiscard]] std::string run_text(const Run& run, const Canvas& canvas = {});

}  // namespace labday
