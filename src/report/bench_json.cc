#include "report/bench_json.h"

#include "base/text.h"
#include "lab/summary.h"
#include "report/json_parts.h"

namespace labday {
namespace {

Json json_rounds(const ModeRounds& mode) {
  Json rounds = Json::array();
  for (std::size_t i = 0; i < mode.rounds.size(); ++i) {
    const std::optional<RoundResult>& round = mode.rounds[i];
    if (!round) continue;
    rounds.push_back({{"round", i + 1},
                      {"wall_seconds", json_number(to_seconds(round->wall))},
                      {"start_seconds", json_number(to_seconds(round->start))},
                      {"cpu_seconds", json_number(to_seconds(round->cpu))},
                      {"peak_memory_bytes", round->peak_memory_bytes}});
  }
  return rounds;
}

Json json_mode(const ModeSummary& mode) {
  return {
      {"mean_seconds", json_number(mode.mean_seconds)},
      {"median_seconds", json_number(mode.median_seconds)},
      {"deviation_seconds", mode.deviation_seconds ? json_number(*mode.deviation_seconds) : Json(nullptr)},
      {"mean_interval_seconds", json_interval(mode.mean_interval_seconds)},
      {"ratio", mode.ratio ? json_number(mode.ratio->value) : Json(nullptr)},
      {"ratio_interval", mode.ratio ? json_interval(mode.ratio->interval) : Json(nullptr)},
      {"start_seconds", json_number(mode.start_seconds)},
      {"cpu_seconds", json_number(mode.cpu_seconds)},
      {"parallelism", json_number(mode.parallelism)},
      {"peak_memory_bytes", mode.peak_memory_bytes},
      {"workers", mode.workers},
      {"note", lossy_utf8(mode.note)},
      {"stage_seconds",
       json_stages([&](Stage stage) { return mode.stage_seconds.at(static_cast<std::size_t>(stage)); })}};
}

Json json_disagreement(const std::optional<Disagreement>& disagreement) {
  if (!disagreement) return nullptr;
  Json json{{"mode", lossy_utf8(disagreement->mode)},
            {"round", disagreement->round},
            {"kind", name(disagreement->difference.kind)}};
  put_path(json, disagreement->difference.name);
  return json;
}

Json json_failures(const std::vector<RoundFailure>& failures) {
  Json list = Json::array();
  for (const RoundFailure& failure : failures) {
    Json json{{"mode", lossy_utf8(failure.mode)}, {"round", failure.round}};
    json.update(json_error(failure.error));
    list.push_back(std::move(json));
  }
  return list;
}

Json json_environment(const Environment& environment) {
  return {{"version", environment.version},
          {"cores", environment.cpu.cores()},
          {"cores_online", environment.cpu.online},
          {"cores_in_affinity_mask", environment.cpu.affinity},
          {"cores_in_cgroup_quota",
           environment.cpu.quota_cores > 0 ? json_number(environment.cpu.quota_cores) : Json(nullptr)},
          {"scratch_file_system", lossy_utf8(environment.scratch_file_system)}};
}

}  // namespace

std::string bench_json(const ExperimentPlan& plan, const ExperimentResult& result) {
  Json summary = Json::object();
  Json results = Json::object();
  Json modes = Json::object();
  for (const ModeSummary& mode : summarise(plan, result)) {
    const std::string label = lossy_utf8(mode.mode);
    summary[label] = json_number(mode.mean_seconds);
    results[label] = mode.seconds;
    modes[label] = json_mode(mode);
    for (const ModeRounds& rounds : result.modes) {
      if (rounds.mode == mode.mode) modes[label]["rounds"] = json_rounds(rounds);
    }
  }
  Json json{{"schema", "labday.bench/1"},
            {"summary", std::move(summary)},
            {"results", std::move(results)},
            {"baseline", lossy_utf8(plan.baseline)},
            {"rounds", plan.rounds},
            {"agree", !result.disagreement && result.verified_rounds > 0},
            {"verified_rounds", result.verified_rounds},
            {"cancelled", result.cancelled},
            {"files", {{"count", result.files}, {"bytes", result.bytes}, {"xxh3_128", result.hash}}},
            {"modes", std::move(modes)},
            {"job", json_job(plan.job, plan.grain, plan.workers)},
            {"environment", json_environment(result.environment)},
            {"renditions", json_counts(result.reference.renditions)},
            {"sources", json_counts(result.reference.sources)},
            {"warnings", result.reference.warnings},
            {"disagreement", json_disagreement(result.disagreement)},
            {"failures", json_failures(result.failures)},
            {"findings", Json::array()}};
  put_errors(json, result.reference);
  return to_text(json);
}

}  // namespace labday
