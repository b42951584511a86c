#include "report/bench_json.h"

#include <algorithm>
#include <map>

#include "base/text.h"
#include "lab/diagnosis.h"
#include "lab/summary.h"
#include "report/bench_schema.h"
#include "report/environment_json.h"
#include "report/json_parts.h"
#include "report/record_json.h"

namespace labday {
namespace {

Json json_rounds(const std::vector<std::optional<RoundResult>>& rounds) {
  Json list = Json::array();
  for (std::size_t i = 0; i < rounds.size(); ++i) {
    const std::optional<RoundResult>& round = rounds[i];
    if (!round) continue;
    list.push_back({{"round", i + 1},
                    {"wall_seconds", json_number(to_seconds(round->wall))},
                    {"start_seconds", json_number(to_seconds(round->start))},
                    {"cpu_seconds", json_number(to_seconds(round->cpu))},
                    {"peak_memory_bytes", round->peak_memory_bytes},
                    {"workers", round->workers},
                    {"stage_seconds", json_stages([&](Stage stage) {
                       return to_seconds(round->totals.stage_times.at(static_cast<std::size_t>(stage)));
                     })},
                    {"record", round->record ? json_round_record(*round->record) : Json(nullptr)}});
  }
  return list;
}

bool has_records(const ExperimentResult& result) {
  const auto recorded = [](const std::optional<RoundResult>& round) { return round && round->record; };
  return std::any_of(result.modes.begin(), result.modes.end(), [&](const ModeRounds& mode) {
    return std::any_of(mode.rounds.begin(), mode.rounds.end(), recorded);
  });
}

Json json_mode(const ModeSummary& mode) {
  const Standing& standing = mode.standing;
  return {{"mean_seconds", json_number(mode.mean_seconds)},
          {"median_seconds", json_number(mode.median_seconds)},
          {"deviation_seconds", json_optional(mode.deviation_seconds)},
          {"mean_interval_seconds", json_interval(mode.mean_interval_seconds)},
          {"ratio", standing.ratio ? json_number(standing.ratio->value) : Json(nullptr)},
          {"ratio_interval", standing.ratio ? json_interval(standing.ratio->interval) : Json(nullptr)},
          {"corrected_p", json_optional(standing.corrected_p)},
          {"verdict", name(standing.verdict)},
          {"place", standing.place ? Json(*standing.place) : Json(nullptr)},
          {"outliers", mode.outliers},
          {"start_seconds", json_number(mode.start_seconds)},
          {"cpu_seconds", json_number(mode.cpu_seconds)},
          {"parallelism", json_number(mode.parallelism)},
          {"peak_memory_bytes", mode.peak_memory_bytes},
          {"workers", mode.workers},
          {"note", lossy_utf8(mode.note)},
          {"stage_seconds",
           json_stages([&](Stage stage) { return mode.stage_seconds.at(static_cast<std::size_t>(stage)); })}};
}

Json json_ranking(const Summary& summary) {
  std::map<int, Json> places;
  for (const ModeSummary& mode : summary.modes) {
    if (mode.standing.place) places[*mode.standing.place].push_back(lossy_utf8(mode.mode));
  }
  Json list = Json::array();
  for (auto& [place, modes] : places) list.push_back({{"place", place}, {"modes", std::move(modes)}});
  return list;
}

Json json_noise_floor(const std::optional<NoiseFloor>& floor) {
  if (!floor) return nullptr;
  return {{"ratio", json_number(floor->ratio.value)},
          {"ratio_interval", json_interval(floor->ratio.interval)},
          {"spread", json_optional(floor->spread)},
          {"share", json_optional(floor->share)}};
}

Json json_order(const std::vector<Turn>& order) {
  Json list = Json::array();
  for (const Turn& turn : order) {
    list.push_back({{"block", turn.block},
                    {"position", turn.position},
                    {"mode", lossy_utf8(turn.mode)},
                    {"control", turn.control}});
  }
  return list;
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

/// worker_seconds = useful + lost + unexplained, each the mean of the rounds with a record.
Json json_accounting(const ModeDiagnosis& mode) {
  const Accounting& all = mode.accounting;
  Json lost = Json::object();
  for (int i = 0; i < kCauseCount; ++i) {
    lost[std::string(name(static_cast<Cause>(i)))] = json_number(all.lost_to(static_cast<Cause>(i)));
  }
  return {{"rounds", mode.rounds},
          {"worker_seconds", json_number(all.worker_seconds)},
          {"useful_seconds",
           json_stages([&](Stage stage) { return all.useful.at(static_cast<std::size_t>(stage)); })},
          {"lost_seconds", std::move(lost)},
          {"unexplained_seconds", json_number(all.unexplained)}};
}

Json json_findings(const std::vector<ModeDiagnosis>& modes) {
  Json list = Json::array();
  for (const ModeDiagnosis& mode : modes) {
    for (const Finding& finding : mode.findings) {
      list.push_back({{"mode", lossy_utf8(finding.mode)},
                      {"name", name(finding.cause)},
                      {"seconds", json_number(finding.seconds)},
                      {"share", json_number(finding.share)},
                      {"evidence", finding.evidence},
                      {"remedy", remedy(finding.cause)}});
    }
  }
  return list;
}

}  // namespace

std::string bench_json(const BenchRecord& record, const RunHeader* header) {
  const auto& [plan, sources, source_bytes, result] = record;
  const Summary summarised = summarise(plan, result);
  Json summary = Json::object();
  Json results = Json::object();
  Json modes = Json::object();
  for (const ModeSummary& mode : summarised.modes) {
    const std::string label = lossy_utf8(mode.mode);
    summary[label] = json_number(mode.mean_seconds);
    results[label] = mode.seconds;
    modes[label] = json_mode(mode);
    for (const ModeRounds& rounds : result.modes) {
      if (rounds.mode == mode.mode) modes[label]["rounds"] = json_rounds(rounds.rounds);
    }
  }
  const std::vector<ModeDiagnosis> diagnoses = diagnose(plan, result);
  for (const ModeDiagnosis& mode : diagnoses) {
    const auto found = modes.find(lossy_utf8(mode.mode));
    if (found != modes.end()) (*found)["accounting"] = json_accounting(mode);
  }
  Json planned = Json::array();
  for (const std::string& mode : plan.modes) planned.push_back(lossy_utf8(mode));
  // What a list of runs and a page of a notebook show comes first, so that they need not read the rest: the
  // keys are kBenchSummaryEnd and kBenchPageEnd.
  Json json{{"schema", kBenchSchema}};
  if (header != nullptr) json["notebook"] = json_run_header(*header);
  json.update({{"complete", result.complete()},
               {"ended", name(result.ended)},
               {"summary", std::move(summary)},
               {"baseline", lossy_utf8(plan.baseline)},
               {"planned_modes", std::move(planned)},
               {"rounds", plan.rounds},
               {"precision", json_optional(plan.precision)},
               {"max_time_seconds", plan.max_time ? json_number(to_seconds(*plan.max_time)) : Json(nullptr)},
               {"seed", plan.seed},
               {"agree", !result.disagreement && result.verified_rounds > 0},
               {"verified_rounds", result.verified_rounds},
               {"cancelled", result.ended == Ended::cancelled},
               {"files", {{"count", result.files}, {"bytes", result.bytes}, {"xxh3_128", result.hash}}},
               {"ranking", json_ranking(summarised)},
               {"noise_floor", json_noise_floor(summarised.noise_floor)},
               {"job", json_job(plan.job, sources, source_bytes, plan.grain, plan.workers)},
               {"environment", json_environment(result.environment)},
               {"findings", json_findings(diagnoses)},
               {"disagreement", json_disagreement(result.disagreement)},
               {"renditions", json_counts(result.reference.renditions)},
               {"sources", json_counts(result.reference.sources)},
               {"warnings", result.reference.warnings}});
  put_errors(json, result.reference);
  json["failures"] = json_failures(result.failures);
  json["results"] = std::move(results);
  json["modes"] = std::move(modes);
  json["control_rounds"] = json_rounds(result.disagreement ? decltype(result.control){} : result.control);
  json["order"] = json_order(result.order);
  if (has_records(result)) json["record_columns"] = json_record_columns();
  return to_text(json);
}

std::string bench_json(const ExperimentPlan& plan, const ExperimentResult& result) {
  return bench_json(bench_record(plan, result));
}

}  // namespace labday
