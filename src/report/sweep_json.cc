#include "report/sweep_json.h"

#include "base/text.h"
#include "lab/sweep_summary.h"
#include "report/environment_json.h"
#include "report/json_parts.h"

namespace labday {
namespace {

/// Which point, in words that need no other part of the file.
Json json_point(const SweepRecord& record, const SweepGrid& grid, const SweepPoint& point) {
  const SweepJob& job = grid.jobs()[point.job];
  return {{"sources", record.result.jobs[point.job].sources},
          {"sources_factor", record.plan.sources[job.sources]},
          {"size_factor", record.plan.sizes[job.size]},
          {"workers", record.plan.workers[point.workers]}};
}

Json json_mode(const ModeSummary& mode, std::uint64_t sources) {
  const auto a_source = [&](double seconds) { return seconds / static_cast<double>(sources); };
  std::optional<Interval> interval = mode.mean_interval_seconds;
  if (interval) interval = Interval{a_source(interval->low), a_source(interval->high)};
  const Standing& standing = mode.standing;
  return {{"seconds_a_source", json_number(a_source(mode.mean_seconds))},
          {"seconds_a_source_interval", json_interval(interval)},
          {"mean_seconds", json_number(mode.mean_seconds)},
          {"median_seconds", json_number(mode.median_seconds)},
          {"ratio", standing.ratio ? json_number(standing.ratio->value) : Json(nullptr)},
          {"ratio_interval", standing.ratio ? json_interval(standing.ratio->interval) : Json(nullptr)},
          {"verdict", name(standing.verdict)},
          {"place", standing.place ? Json(*standing.place) : Json(nullptr)},
          {"parallelism", json_number(mode.parallelism)},
          {"peak_memory_bytes", mode.peak_memory_bytes},
          {"rounds", mode.seconds.size()}};
}

Json json_points(const SweepRecord& record, const SweepGrid& grid, const SweepSummary& summary) {
  Json list = Json::array();
  for (const SweepPointSummary& at : summary.points) {
    Json point = json_point(record, grid, at.point);
    const auto& floor = at.summary.noise_floor;
    point["noise_floor_share"] = floor ? json_optional(floor->share) : Json(nullptr);
    Json& modes = point["modes"] = Json::object();
    for (const ModeSummary& mode : at.summary.modes)
      modes[lossy_utf8(mode.mode)] = json_mode(mode, at.sources);
    list.push_back(std::move(point));
  }
  return list;
}

Json json_crossovers(const SweepRecord& record, const SweepGrid& grid, const SweepSummary& summary) {
  Json list = Json::array();
  for (const Crossover& crossover : summary.crossovers) {
    list.push_back({{"axis", name(crossover.axis)},
                    {"overtaken", lossy_utf8(crossover.loser)},
                    {"faster", lossy_utf8(crossover.winner)},
                    {"beyond_noise", crossover.beyond_noise},
                    {"at", json_number(crossover.at)},
                    {"at_interval", json_interval(crossover.interval)},
                    {"before", json_point(record, grid, crossover.before)},
                    {"after", json_point(record, grid, crossover.after)}});
  }
  return list;
}

Json json_estimate(const Estimate& estimate) {
  return {{"value", json_number(estimate.value)}, {"interval", json_interval(estimate.interval)}};
}

Json json_scaling(const SweepRecord& record, const SweepGrid& grid, const SweepSummary& summary) {
  Json list = Json::array();
  for (const SweepScaling& scaling : summary.scalings) {
    const SweepJob& job = grid.jobs()[scaling.job];
    Json json{{"mode", lossy_utf8(scaling.mode)},
              {"sources", record.result.jobs[scaling.job].sources},
              {"size_factor", record.plan.sizes[job.size]},
              {"worker_counts", scaling.laws.counts},
              {"amdahl", nullptr},
              {"universal", nullptr}};
    if (const auto& law = scaling.laws.amdahl) {
      json["amdahl"] = {{"one_worker_seconds", json_estimate(law->one_worker_seconds)},
                        {"serial_share", json_estimate(law->serial_share)},
                        {"most_speedup", json_estimate(law->most_speedup())},
                        {"misfit_share", json_number(law->misfit_share)}};
    }
    if (const auto& law = scaling.laws.universal) {
      json["universal"] = {{"one_worker_seconds", json_estimate(law->one_worker_seconds)},
                           {"contention", json_estimate(law->contention)},
                           {"coherency", json_estimate(law->coherency)},
                           {"fastest_workers", json_optional(law->fastest)},
                           {"misfit_share", json_number(law->misfit_share)}};
    }
    list.push_back(std::move(json));
  }
  return list;
}

Json json_jobs(const SweepRecord& record, const SweepGrid& grid) {
  Json list = Json::array();
  for (std::size_t i = 0; i < grid.jobs().size(); ++i) {
    const SweepJobRecord& job = record.result.jobs[i];
    Json json{{"sources_factor", record.plan.sources[grid.jobs()[i].sources]},
              {"size_factor", record.plan.sizes[grid.jobs()[i].size]},
              {"sources", job.sources},
              {"source_bytes", job.source_bytes},
              {"files", {{"count", job.files}, {"bytes", job.bytes}, {"xxh3_128", job.hash}}},
              {"renditions", json_counts(job.reference.renditions)}};
    put_errors(json, job.reference);
    list.push_back(std::move(json));
  }
  return list;
}

/// All rounds; a turn without `wall_seconds` failed.
Json json_turns(const SweepRecord& record, const SweepGrid& grid) {
  Json list = Json::array();
  const SweepResult& result = record.result;
  for (const SweepTurn& turn : result.order) {
    const SweepEntry& entry = grid.entries()[turn.entry];
    Json json{{"block", turn.block},
              {"position", turn.position},
              {"entry", turn.entry},
              {"job", entry.job},
              {"mode", lossy_utf8(record.plan.modes[entry.mode].spec)},
              {"control", entry.control}};
    const auto& round = result.rounds[turn.entry][static_cast<std::size_t>(turn.block - 1)];
    if (round && !result.disagreement) {
      json["workers"] = round->workers;
      json["wall_seconds"] = json_number(to_seconds(round->wall));
      json["start_seconds"] = json_number(to_seconds(round->start));
      json["cpu_seconds"] = json_number(to_seconds(round->cpu));
      json["peak_memory_bytes"] = round->peak_memory_bytes;
      if (!round->note.empty()) json["note"] = lossy_utf8(round->note);
    }
    list.push_back(std::move(json));
  }
  return list;
}

Json json_plan(const SweepPlan& plan) {
  Json modes = Json::array();
  for (const SweepMode& mode : plan.modes) {
    modes.push_back({{"mode", lossy_utf8(mode.spec)}, {"takes_workers", mode.takes_workers}});
  }
  return {{"sources_factors", plan.sources},
          {"size_factors", plan.sizes},
          {"workers", plan.workers},
          {"modes", std::move(modes)},
          {"baseline", lossy_utf8(plan.baseline)},
          {"rounds", plan.rounds},
          {"seed", plan.seed},
          {"max_time_seconds", plan.max_time ? json_number(to_seconds(*plan.max_time)) : Json(nullptr)}};
}

Json json_problems(const SweepResult& result) {
  Json failures = Json::array();
  for (const SweepFailure& failure : result.failures) {
    Json json{{"entry", failure.entry}, {"block", failure.block}};
    json.update(json_error(failure.error));
    failures.push_back(std::move(json));
  }
  return failures;
}

Json json_disagreement(const std::optional<SweepDisagreement>& disagreement) {
  if (!disagreement) return nullptr;
  Json json{{"entry", disagreement->entry},
            {"block", disagreement->block},
            {"kind", name(disagreement->difference.kind)}};
  put_path(json, disagreement->difference.name);
  return json;
}

}  // namespace

std::string sweep_json(const SweepRecord& record, const RunHeader* header) {
  const SweepGrid grid(record.plan);
  const SweepResult& result = record.result;
  // What follows from the turns would take longer than short rounds do, so it waits for the end.
  const bool going_on = result.ended == Ended::not_yet;
  const SweepSummary summary = going_on ? SweepSummary{} : summarise_sweep(record.plan, result);
  Json scratch = Json::array();
  for (const std::string& folder : record.scratch_folders)
    put_path(scratch.emplace_back(Json::object()), folder);
  // In this order for the reason that bench_json() has one.
  Json json{{"schema", kSweepSchema}};
  if (header != nullptr) json["notebook"] = json_run_header(*header);
  json.update({{"complete", result.complete()},
               {"ended", name(result.ended)},
               {"sessions", result.sessions},
               {"plan", json_plan(record.plan)},
               {"job", json_job(record.plan.job, record.sources, record.source_bytes, record.plan.grain,
                                record.plan.workers.back())},
               {"sources_xxh3_128", record.sources_hash},
               {"environment", json_environment(result.environment)},
               {"crossovers", json_crossovers(record, grid, summary)},
               {"scaling", json_scaling(record, grid, summary)},
               {"disagreement", json_disagreement(result.disagreement)},
               {"failures", json_problems(result)}});
  json["points"] = json_points(record, grid, summary);
  json["jobs"] = json_jobs(record, grid);
  json["turns"] = json_turns(record, grid);
  json["scratch_folders"] = std::move(scratch);
  return to_text(json);
}

}  // namespace labday
