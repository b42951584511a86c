// An experiment as it is kept: what was planned and what came of it, without the list of sources, which may
// be long and which nobody who reads old numbers needs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lab/experiment.h"

namespace labday {

struct BenchRecord {
  ExperimentPlan plan;  // its job has no sources and no output folder
  std::uint64_t sources = 0;
  std::uint64_t source_bytes = 0;
  ExperimentResult result;
};

[[nodiscard]] BenchRecord bench_record(const ExperimentPlan& plan, ExperimentResult result);

/// `120 % bicubic balanced, 800 px bicubic balanced`: exact, to be compared.
[[nodiscard]] std::string renditions_text(const std::vector<Rendition>& renditions);

}  // namespace labday
