// An experiment as JSON, schema labday.bench/1.
#pragma once

#include <string>

#include "lab/experiment.h"

namespace labday {

/// Valid UTF-8, indented, ends with a line feed. `summary` and `results` are those of the lab notebook and
/// empty after a disagreement; every key with a dimension ends in its unit.
[[nodiscard]] std::string bench_json(const ExperimentPlan& plan, const ExperimentResult& result);

}  // namespace labday
