// An experiment as text for a person.
#pragma once

#include <string>

#include "lab/experiment.h"

namespace labday {

/// For stdout: that all modes agree; a line a mode as in the lab notebook, `Running in blocking mode
/// took 7.55 seconds (~0.13 minutes)`; the table; the noise floor and what is claimed; where the seconds went
/// and the findings; the conditions. After a disagreement: which file of which mode, and no time. Each line
/// ends with a line feed.
[[nodiscard]] std::string bench_text(const ExperimentPlan& plan, const ExperimentResult& result);

/// For stderr: a line for each round that broke and for each source that failed; may be empty.
[[nodiscard]] std::string bench_problems(const ExperimentResult& result);

}  // namespace labday
