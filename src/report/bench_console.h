// An experiment as text for a person.
#pragma once

#include <string>

#include "lab/bench_record.h"
#include "report/bars.h"

namespace labday {

/// For stdout: that all modes agree; a line a mode as in the lab notebook, `Running in blocking mode
/// took 7.55 seconds (~0.13 minutes)`; the table; the noise floor and what is claimed; where the seconds went
/// and the findings; the conditions. After a disagreement: which file of which mode, and no time. Each line
/// ends with a line feed. With a canvas each mode has a bar of its mean and the interval of that.
[[nodiscard]] std::string bench_text(const ExperimentPlan& plan, const ExperimentResult& result,
                                     const Canvas& canvas = {});

/// The same of an experiment that was kept.
[[nodiscard]] std::string bench_text(const BenchRecord& record, const Canvas& canvas = {});

/// For stderr: a line for each round that broke and for each source that failed; may be empty.
[[nodiscard]] std::string bench_problems(const ExperimentResult& result);

}  // namespace labday
