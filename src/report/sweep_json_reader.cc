#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/environment_json.h"
#include "report/json_parts.h"
#include "report/sweep_json.h"

namespace labday {
namespace {

constexpr int kMostRounds = 1'000'000;
constexpr int kMostWorkers = 1'000'000;

/// Ascending, above 0, not empty: what SweepPlan asks of an axis.
template <class Value>
std::vector<Value> axis_from(const Json& json) {
  const auto values = json.get<std::vector<Value>>();
  const bool ascending =
      std::adjacent_find(values.begin(), values.end(), std::greater_equal<>()) == values.end();
  if (values.empty() || values.front() <= 0 || !ascending) refuse_json(json, "this is no axis");
  return values;
}

void read_plan(const Json& json, SweepPlan& plan) {
  plan.sources = axis_from<double>(json.at("sources_factors"));
  plan.sizes = axis_from<double>(json.at("size_factors"));
  plan.workers = axis_from<int>(json.at("workers"));
  for (const Json& mode : json.at("modes")) {
    plan.modes.push_back({mode.at("mode").get<std::string>(), mode.at("takes_workers").get<bool>()});
  }
  plan.baseline = json.at("baseline").get<std::string>();
  const bool known = std::any_of(plan.modes.begin(), plan.modes.end(),
                                 [&](const SweepMode& mode) { return mode.spec == plan.baseline; });
  if (!known) refuse_json(json, "the baseline is none of the modes");
  plan.rounds = whole_from(json.at("rounds"), 1, kMostRounds);
  plan.seed = count_from(json.at("seed"));
  if (const Json& time = json.at("max_time_seconds"); !time.is_null()) plan.max_time = seconds_from(time);
}

void read_job(const Json& json, SweepRecord& record) {
  record.sources = count_from(json.at("sources"));
  record.source_bytes = count_from(json.at("source_bytes"));
  Job& job = record.plan.job;
  for (const Json& rendition : json.at("renditions"))
    job.renditions.push_back(rendition_from_json(rendition));
  Result<NameTemplate> name = NameTemplate::parse(json.at("name").get<std::string>());
  if (!name) refuse_json(json, name.error().detail);
  job.name = std::move(*name);
  job.apply_orientation = json.at("orient").get<std::string>() != "none";
  record.plan.grain = named<Grain>(json.at("grain"), static_cast<int>(Grain::automatic) + 1);
}

void read_jobs(const Json& json, std::vector<SweepJobRecord>& jobs) {
  if (json.size() != jobs.size()) refuse_json(json, "these are not the jobs of the plan");
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    jobs[i].sources = count_from(json.at(i).at("sources"));
    jobs[i].source_bytes = count_from(json.at(i).at("source_bytes"));
    const Json& files = json.at(i).at("files");
    jobs[i].files = count_from(files.at("count"));
    jobs[i].bytes = count_from(files.at("bytes"));
    jobs[i].hash = files.at("xxh3_128").get<std::string>();
    jobs[i].reference.renditions = counts_from_json(json.at(i).at("renditions"));
    jobs[i].reference.error_count = count_from(json.at(i).at("error_count"));
    for (const Json& error : json.at(i).at("errors")) {
      jobs[i].reference.errors.push_back(error_from_json(error));
    }
  }
}

void read_turns(const Json& json, SweepResult& result) {
  const int entries = static_cast<int>(result.rounds.size());
  for (const Json& item : json) {
    const SweepTurn turn{whole_from(item.at("block"), 1, kMostRounds),
                         whole_from(item.at("position"), 1, entries),
                         static_cast<std::size_t>(whole_from(item.at("entry"), 0, entries - 1))};
    // Blocks follow one another, so a damaged number cannot ask for much memory.
    if (turn.block > result.blocks() + 1 || turn.block < result.blocks())
      refuse_json(item, "a block is missing");
    for (auto& rounds : result.rounds) rounds.resize(static_cast<std::size_t>(turn.block));
    result.order.push_back(turn);
    if (!item.contains("wall_seconds")) continue;
    RoundResult round;
    round.workers = whole_from(item.at("workers"), 1, kMostWorkers);
    round.wall = seconds_from(item.at("wall_seconds"));
    round.start = seconds_from(item.at("start_seconds"));
    round.cpu = seconds_from(item.at("cpu_seconds"));
    round.peak_memory_bytes = count_from(item.at("peak_memory_bytes"));
    if (item.contains("note")) round.note = item.at("note").get<std::string>();
    result.rounds[turn.entry].back() = std::move(round);
  }
}

void read_problems(const Json& json, SweepResult& result) {
  const int last = static_cast<int>(result.rounds.size()) - 1;
  for (const Json& failure : json.at("failures")) {
    result.failures.push_back({static_cast<std::size_t>(whole_from(failure.at("entry"), 0, last)),
                               whole_from(failure.at("block"), 1, kMostRounds), error_from_json(failure)});
  }
  if (const Json& found = json.at("disagreement"); !found.is_null()) {
    constexpr int kKinds = static_cast<int>(Difference::Kind::differs) + 1;
    result.disagreement =
        SweepDisagreement{static_cast<std::size_t>(whole_from(found.at("entry"), 0, last)),
                          whole_from(found.at("block"), 1, kMostRounds),
                          {named<Difference::Kind>(found.at("kind"), kKinds), path_from_json(found)}};
  }
}

}  // namespace

Result<SweepRecord> sweep_record_from_json(std::string_view text, const std::string& path) {
  const auto failed = [&](ErrorCode code, std::string detail) {
    return fail(Stage::plan, code, path, std::move(detail));
  };
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) return failed(ErrorCode::corrupt, "this is no JSON, or it has been cut");
  const auto schema = json.is_object() ? json.find("schema") : json.end();
  if (schema == json.end() || !schema->is_string()) {
    return failed(ErrorCode::usage, "this JSON was not written by labday sweep");
  }
  if (const auto found = schema->get<std::string>(); found != kSweepSchema) {
    return failed(ErrorCode::usage,
                  fmt::format("the schema is {}, and a sweep of labday has {}", found, kSweepSchema));
  }
  try {
    SweepRecord record;
    read_plan(json.at("plan"), record.plan);
    read_job(json.at("job"), record);
    record.sources_hash = json.at("sources_xxh3_128").get<std::string>();
    for (const Json& folder : json.at("scratch_folders"))
      record.scratch_folders.push_back(path_from_json(folder));
    if (const Result<void> checked = check_grid_size(record.plan); !checked) {
      refuse_json(json, checked.error().detail);
    }
    SweepResult& result = record.result = SweepResult::blank(SweepGrid(record.plan));
    result.ended = named<Ended>(json.at("ended"), kEndedCount);
    result.sessions = whole_from(json.at("sessions"), 1, kMostRounds);
    read_jobs(json.at("jobs"), result.jobs);
    read_turns(json.at("turns"), result);
    read_problems(json, result);
    result.environment = environment_from_json(json.at("environment"));
    return record;
  } catch (const Json::exception& error) {
    return failed(ErrorCode::corrupt,
                  fmt::format("this sweep was changed or damaged: {}", json_reason(error)));
  }
}

}  // namespace labday
