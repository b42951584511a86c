// Pieces of JSON that several reports share. Text of any bytes becomes valid UTF-8; a number that is not
// finite becomes null.
#pragma once

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "lab/statistics.h"
#include "pipeline/job.h"
#include "pipeline/totals.h"

namespace labday {

/// Keeps the keys in the order in which they were put in.
using Json = nlohmann::ordered_json;

[[nodiscard]] Json json_number(double value);
/// [low, high], or null.
[[nodiscard]] Json json_interval(const std::optional<Interval>& interval);
[[nodiscard]] Json json_counts(const Counts& counts);
/// Seconds by the names of the stages, without `plan`.
template <class Seconds>
[[nodiscard]] Json json_stages(Seconds seconds_of_stage) {
  Json stages = Json::object();
  for (int i = static_cast<int>(Stage::read); i < kStageCount; ++i) {
    const auto stage = static_cast<Stage>(i);
    stages[std::string(name(stage))] = json_number(seconds_of_stage(stage));
  }
  return stages;
}
/// Puts `path` into `object`, and beside it its exact bytes as base64 in `path_bytes` if they are no UTF-8.
void put_path(Json& object, std::string_view path);
/// path (if there is one), stage, code, detail.
[[nodiscard]] Json json_error(const Error& error);
/// error_count and the errors that were kept.
void put_errors(Json& object, const JobTotals& totals);
/// What was to be done; `grain` and `workers` are those asked for.
[[nodiscard]] Json json_job(const Job& job, Grain grain, int workers);

/// Indented by two, with a line feed at the end.
[[nodiscard]] std::string to_text(const Json& json);

}  // namespace labday
