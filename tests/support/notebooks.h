// Runs of a notebook, from experiments that were never run.
#pragma once

#include <string>

#include "report/bench_json.h"
#include "report/sweep_json.h"
#include "support/experiments.h"
#include "support/sweeps.h"

namespace labday::testing {

inline RunHeader header_of(const std::string& title, const std::string& note = "") {
  RunHeader header;
  header.title = title;
  header.note = note;
  header.unix_time = 1'700'000'000;
  return header;
}

inline std::string bench_run(const RunHeader& header, const FixedExperiment& fixed = fixed_experiment()) {
  return bench_json(bench_record(fixed.plan, fixed.result), &header);
}

inline std::string sweep_run(const RunHeader& header, const SweepRecord& record = crossing_sweep()) {
  return sweep_json(record, &header);
}

}  // namespace labday::testing
