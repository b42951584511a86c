#include "lab/sweep_record.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>

#include "lab/bench_record.h"

namespace labday {
namespace {

std::string text_of(const std::vector<SweepMode>& modes) {
  std::string text;
  for (const SweepMode& mode : modes) text += (text.empty() ? "" : ",") + mode.spec;
  return text;
}

std::string text_of(const std::vector<double>& factors) {
  return fmt::format("{:g}x", fmt::join(factors, "x,"));
}

}  // namespace

SweepRecord sweep_record(const SweepPlan& plan, std::string sources_hash) {
  SweepRecord record;
  record.plan = plan;
  record.plan.job = {};
  record.plan.job.renditions = plan.job.renditions;
  record.plan.job.name = plan.job.name;
  record.plan.job.apply_orientation = plan.job.apply_orientation;
  record.sources = plan.job.sources.size();
  for (const Source& source : plan.job.sources) record.source_bytes += source.file_bytes;
  record.sources_hash = std::move(sources_hash);
  record.result = SweepResult::blank(SweepGrid(plan));
  return record;
}

std::vector<std::string> obstacles_to_resume(const SweepRecord& record, const SweepRecord& planned) {
  std::vector<std::string> obstacles;
  const auto compare = [&](std::string_view what, const std::string& now, const std::string& before) {
    if (now != before) obstacles.push_back(fmt::format("{}: now {}, before {}", what, now, before));
  };
  const SweepPlan& now = planned.plan;
  const SweepPlan& before = record.plan;
  compare("--sources", text_of(now.sources), text_of(before.sources));
  compare("--size", text_of(now.sizes), text_of(before.sizes));
  compare("--workers", fmt::format("{}", fmt::join(now.workers, ",")),
          fmt::format("{}", fmt::join(before.workers, ",")));
  compare("--modes", text_of(now.modes), text_of(before.modes));
  compare("--baseline", now.baseline, before.baseline);
  compare("renditions", renditions_text(now.job.renditions), renditions_text(before.job.renditions));
  compare("--name", now.job.name.text(), before.job.name.text());
  compare("--orient", now.job.apply_orientation ? "exif" : "none",
          before.job.apply_orientation ? "exif" : "none");
  compare("--grain", std::string(name(now.grain)), std::string(name(before.grain)));
  compare("sources", fmt::format("{} with XXH3 {}", planned.sources, planned.sources_hash),
          fmt::format("{} with XXH3 {}", record.sources, record.sources_hash));
  for (const EnvironmentDifference& difference :
       comparable(planned.result.environment, record.result.environment)) {
    compare(difference.what, difference.first, difference.second);
  }
  compare("version of labday", planned.result.environment.version, record.result.environment.version);
  return obstacles;
}

bool complete_as_it_is(SweepRecord& record) {
  SweepResult& result = record.result;
  if (result.disagreement) return true;
  const auto blocks = static_cast<int>(result.order.size() / SweepGrid(record.plan).entries().size());
  if (blocks < record.plan.rounds) return false;
  record.plan.rounds = blocks;
  if (!result.complete()) result.ended = Ended::rounds;
  return true;
}

}  // namespace labday
