// A sweep as JSON, schema labday.sweep/1: what is reported of it, and what it goes on from.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "lab/sweep_record.h"
#include "report/run_header.h"

namespace labday {

inline constexpr std::string_view kSweepSchema = "labday.sweep/1";
/// The first key behind what a list of runs shows, and the first one behind what a notebook's page shows.
inline constexpr std::string_view kSweepSummaryEnd = "crossovers";
inline constexpr std::string_view kSweepPageEnd = "turns";

/// Valid UTF-8, indented, ends with a line feed; every key with a dimension ends in its unit. `turns` holds
/// all rounds in the order of time, and `points`, `crossovers` and `scaling` follow from them; these are
/// empty while the sweep goes on. Under `notebook` what a notebook adds to its run; nullptr: it is no run of
/// one.
[[nodiscard]] std::string sweep_json(const SweepRecord& record, const RunHeader* header = nullptr);

/// What sweep_json() wrote, also of a sweep that was killed. Of a round's totals nothing comes back. An error
/// names `path`, which is not opened: corrupt for what is no JSON or has been cut or changed, usage for
/// another program's file or another schema's.
[[nodiscard]] Result<SweepRecord> sweep_record_from_json(std::string_view text, const std::string& path);

}  // namespace labday
