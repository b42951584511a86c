#include <fmt/format.h>

#include <limits>
#include <set>

#include "base/text.h"
#include "report/bench_json.h"
#include "report/bench_schema.h"
#include "report/environment_json.h"
#include "report/json_parts.h"
#include "report/record_json.h"

namespace labday {
namespace {

constexpr int kMostRounds = 1'000'000;
constexpr int kMostWorkers = 1'000'000;
constexpr std::size_t kMostModes = 1000;

void read_rounds(const Json& json, std::vector<std::optional<RoundResult>>& rounds) {
  for (const Json& item : json) {
    RoundResult round;
    round.wall = seconds_from(item.at("wall_seconds"));
    round.start = seconds_from(item.at("start_seconds"));
    round.cpu = seconds_from(item.at("cpu_seconds"));
    round.peak_memory_bytes = count_from(item.at("peak_memory_bytes"));
    round.workers = whole_from(item.at("workers"), 1, kMostWorkers);
    const Json& stages = item.at("stage_seconds");
    for (int i = static_cast<int>(Stage::read); i < kStageCount; ++i) {
      const std::string stage(name(static_cast<Stage>(i)));
      round.totals.stage_times.at(static_cast<std::size_t>(i)) = seconds_from(stages.at(stage));
    }
    if (const Json& record = item.at("record"); !record.is_null())
      round.record = round_record_from_json(record);
    // A number is checked against the blocks that were begun, so a damaged one cannot ask for much memory.
    const int number = whole_from(item.at("round"), 1, static_cast<int>(rounds.size()));
    rounds[static_cast<std::size_t>(number - 1)] = std::move(round);
  }
}

void read_job(const Json& json, BenchRecord& record) {
  record.sources = count_from(json.at("sources"));
  record.source_bytes = count_from(json.at("source_bytes"));
  ExperimentPlan& plan = record.plan;
  for (const Json& rendition : json.at("renditions"))
    plan.job.renditions.push_back(rendition_from_json(rendition));
  Result<NameTemplate> name = NameTemplate::parse(json.at("name").get<std::string>());
  if (!name) refuse_json(json, name.error().detail);
  plan.job.name = std::move(*name);
  plan.job.apply_orientation = json.at("orient").get<std::string>() != "none";
  plan.grain = named<Grain>(json.at("grain"), static_cast<int>(Grain::automatic) + 1);
  plan.workers = whole_from(json.at("workers"), 1, kMostWorkers);
}

void read_plan(const Json& json, ExperimentPlan& plan) {
  plan.modes = json.at("planned_modes").get<std::vector<std::string>>();
  const std::set<std::string_view> different(plan.modes.begin(), plan.modes.end());
  if (different.size() != plan.modes.size() || different.size() > kMostModes) {
    refuse_json(json, "a mode is planned twice, or there are too many");
  }
  plan.baseline = json.at("baseline").get<std::string>();
  plan.rounds = whole_from(json.at("rounds"), 1, kMostRounds);
  plan.seed = count_from(json.at("seed"));
  plan.precision = optional_from<double>(json.at("precision"));
  if (const Json& time = json.at("max_time_seconds"); !time.is_null()) plan.max_time = seconds_from(time);
}

void read_order(const Json& json, std::vector<Turn>& order) {
  for (const Json& turn : json) {
    order.push_back({whole_from(turn.at("block"), 1, kMostRounds),
                     whole_from(turn.at("position"), 1, kMostRounds), turn.at("mode").get<std::string>(),
                     turn.at("control").get<bool>()});
  }
}

void read_problems(const Json& json, ExperimentResult& result) {
  if (const Json& found = json.at("disagreement"); !found.is_null()) {
    constexpr int kKinds = static_cast<int>(Difference::Kind::differs) + 1;
    result.disagreement =
        Disagreement{found.at("mode").get<std::string>(),
                     whole_from(found.at("round"), 1, kMostRounds),
                     {named<Difference::Kind>(found.at("kind"), kKinds), path_from_json(found)}};
  }
  for (const Json& failure : json.at("failures")) {
    result.failures.push_back({failure.at("mode").get<std::string>(),
                               whole_from(failure.at("round"), 1, kMostRounds), error_from_json(failure)});
  }
  result.reference.error_count = count_from(json.at("error_count"));
  for (const Json& error : json.at("errors")) result.reference.errors.push_back(error_from_json(error));
}

void read_result(const Json& json, const ExperimentPlan& plan, ExperimentResult& result) {
  result.ended = named<Ended>(json.at("ended"), kEndedCount);
  if (result.ended == Ended::precision && !plan.precision)
    refuse_json(json, "it ended for a precision that is none");
  result.verified_rounds = whole_from(json.at("verified_rounds"), 0, std::numeric_limits<int>::max());
  const Json& files = json.at("files");
  result.files = count_from(files.at("count"));
  result.bytes = count_from(files.at("bytes"));
  result.hash = files.at("xxh3_128").get<std::string>();
  read_order(json.at("order"), result.order);
  // Every block has turns: a damaged number of blocks cannot ask for much memory.
  const int blocks = result.order.empty() ? 0 : result.order.back().block;
  if (static_cast<std::size_t>(blocks) > result.order.size()) refuse_json(json, "blocks without a turn");
  const auto none = std::vector<std::optional<RoundResult>>(static_cast<std::size_t>(blocks));
  const Json& modes = json.at("modes");
  for (const std::string& mode : plan.modes) {
    result.modes.push_back({mode, none});
    if (modes.contains(mode)) read_rounds(modes.at(mode).at("rounds"), result.modes.back().rounds);
    if (mode == plan.baseline) result.control = none;
  }
  if (result.control.size() == none.size()) read_rounds(json.at("control_rounds"), result.control);
  result.environment = environment_from_json(json.at("environment"));
  result.reference.renditions = counts_from_json(json.at("renditions"));
  result.reference.sources = counts_from_json(json.at("sources"));
  result.reference.warnings = count_from(json.at("warnings"));
  read_problems(json, result);
}

}  // namespace

Result<BenchRecord> bench_record_from_json(std::string_view text, const std::string& path) {
  const auto failed = [&](ErrorCode code, std::string detail) {
    return fail(Stage::plan, code, path, std::move(detail));
  };
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) return failed(ErrorCode::corrupt, "this is no JSON, or it has been cut");
  const auto schema = json.is_object() ? json.find("schema") : json.end();
  if (schema == json.end() || !schema->is_string()) {
    return failed(ErrorCode::usage, "this JSON was not written by labday bench");
  }
  if (const auto found = schema->get<std::string>(); found != kBenchSchema) {
    return failed(ErrorCode::usage,
                  fmt::format("the schema is {}, and a run of labday bench has {}", found, kBenchSchema));
  }
  try {
    BenchRecord record;
    read_plan(json, record.plan);
    read_job(json.at("job"), record);
    read_result(json, record.plan, record.result);
    return record;
  } catch (const Json::exception& error) {
    return failed(ErrorCode::corrupt, fmt::format("this run was changed or damaged: {}", json_reason(error)));
  }
}

}  // namespace labday
