// An experiment as JSON, schema labday.bench/1.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "lab/bench_record.h"
#include "report/run_header.h"

namespace labday {

/// Valid UTF-8, indented, ends with a line feed. `summary` and `results` are those of the lab notebook and
/// empty after a disagreement; every key with a dimension ends in its unit.
/// Under `notebook` what a notebook adds to its run; nullptr: it is no run of one.
[[nodiscard]] std::string bench_json(const BenchRecord& record, const RunHeader* header = nullptr);
[[nodiscard]] std::string bench_json(const ExperimentPlan& plan, const ExperimentResult& result);

/// What bench_json() wrote, also after an experiment that was interrupted. Of a round's totals only the times
/// of the stages come back. An error names `path`, which is not opened: corrupt for what is no JSON or has
/// been cut or changed, usage for another program's file or another schema's.
[[nodiscard]] Result<BenchRecord> bench_record_from_json(std::string_view text, const std::string& path);

}  // namespace labday
