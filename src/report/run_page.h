// A run as sections of the page.
#pragma once

#include <string>
#include <vector>

#include "lab/bench_record.h"
#include "lab/sweep_record.h"
#include "report/json_parts.h"

namespace labday {

/// How a run is called on the page.
struct RunHeading {
  std::string label;               // `Run 5 - Averages`, or the name of its file
  std::vector<std::string> notes;  // paragraphs of whoever made it
};

/// {label, summary, sections}: what page/page.js shows of a run. Everything follows from the record; after a
/// disagreement no time is shown.
[[nodiscard]] Json run_page(const RunHeading& heading, const BenchRecord& record);
[[nodiscard]] Json run_page(const RunHeading& heading, const SweepRecord& record);

}  // namespace labday
