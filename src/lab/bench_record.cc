#include "lab/bench_record.h"

#include <fmt/format.h>

#include <utility>

namespace labday {

BenchRecord bench_record(const ExperimentPlan& plan, ExperimentResult result) {
  BenchRecord record;
  record.plan = {{},          plan.modes, plan.baseline,  plan.grain,   plan.workers,
                 plan.rounds, plan.seed,  plan.precision, plan.max_time};
  Job& job = record.plan.job;
  job.renditions = plan.job.renditions;
  job.name = plan.job.name;
  job.apply_orientation = plan.job.apply_orientation;
  record.sources = plan.job.sources.size();
  for (const Source& source : plan.job.sources) record.source_bytes += source.file_bytes;
  record.result = std::move(result);
  return record;
}

std::string renditions_text(const std::vector<Rendition>& renditions) {
  std::string text;
  for (const Rendition& rendition : renditions) {
    text += fmt::format(
        "{}{} {} {}", text.empty() ? "" : ", ",
        rendition.width > 0 ? fmt::format("{} px", rendition.width) : rendition.scale.text() + " %",
        name(rendition.filter), name(rendition.level));
  }
  return text;
}

}  // namespace labday
