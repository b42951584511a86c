// A run as sections of the page.
#pragma once

#include <string>
#include <vector>

#include "lab/bench_record.h"
#include "lab/sweep_record.h"
#include "report/json_parts.h"
#include "report/mode_colours.h"

namespace labday {

/// How a run is called on the page.
struct RunHeading {
  std::string label;               // `Run 5 - Averages`, or the name of its file
  std::string about;               // `bench of 2026-05-12 14:03, interrupted`; may be empty
  std::vector<std::string> notes;  // of whoever made it, as they were typed
};

/// {label, summary, sections}: what page/page.js shows of a run. Everything follows from the record; after a
/// disagreement no time is shown. `colours` are those of the page.
[[nodiscard]] Json run_page(const RunHeading& heading, const BenchRecord& record, ModeColours& colours);
[[nodiscard]] Json run_page(const RunHeading& heading, const SweepRecord& record, ModeColours& colours);

}  // namespace labday
