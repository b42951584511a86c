// Pieces of JSON that several reports share. Text of any bytes becomes valid UTF-8; a number that is not
// finite becomes null.
#pragma once

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "lab/statistics.h"
#include "pipeline/error_groups.h"
#include "pipeline/job.h"
#include "pipeline/resume.h"
#include "pipeline/totals.h"

// Compiled once, in json_parts.cc.
extern template class nlohmann::basic_json<nlohmann::ordered_map>;

namespace labday {

/// Keeps the keys in the order in which they were put in.
using Json = nlohmann::ordered_json;

[[nodiscard]] Json json_number(double value);
/// The value, null where there is none. Text becomes valid UTF-8.
[[nodiscard]] Json json_optional(const std::optional<double>& value);
[[nodiscard]] Json json_optional(const std::optional<std::string>& value);
/// None for null. Throws Json::exception where it is neither null nor a T.
template <class T>
[[nodiscard]] std::optional<T> optional_from(const Json& json) {
  if (json.is_null()) return std::nullopt;
  return json.get<T>();
}
/// [low, high], or null.
[[nodiscard]] Json json_interval(const std::optional<Interval>& interval);
[[nodiscard]] Json json_counts(const Counts& counts);
[[nodiscard]] Json json_groups(const ErrorGroups& groups);
[[nodiscard]] Json json_judgements(const JudgementCounts& counts);
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
/// Throws Json::exception, for values that JSON can hold and labday cannot.
[[noreturn]] void refuse_json(const Json& json, const std::string& why);
/// What such an exception says, without the name that it has in the library.
[[nodiscard]] std::string json_reason(const Json::exception& error);
/// Seconds as a time; they are not negative. Throws Json::exception for anything else, as the next ones do.
[[nodiscard]] Nanoseconds seconds_from(const Json& json);
/// A whole number from `least` to `most`.
[[nodiscard]] int whole_from(const Json& json, int least, int most);
/// What json_job() wrote of one.
[[nodiscard]] Rendition rendition_from_json(const Json& json);
/// A whole number that is not negative; throws Json::exception for anything else.
[[nodiscard]] std::uint64_t count_from(const Json& json);
/// Throws Json::exception, as the other readers do, where a key is missing or of another type.
[[nodiscard]] Counts counts_from_json(const Json& json);
/// The exact path of an object that put_path() made; empty where it has none.
[[nodiscard]] std::string path_from_json(const Json& object);
/// Puts `path` into `object`, and beside it its exact bytes as base64 in `path_bytes` if they are no UTF-8.
void put_path(Json& object, std::string_view path);
/// path (if there is one), stage, code, detail.
[[nodiscard]] Json json_error(const Error& error);
/// The enumerator that name() calls so, of the first `count`; throws Json::exception where none is.
template <class Enum>
[[nodiscard]] Enum named(const Json& json, int count) {
  const auto text = json.get<std::string>();
  for (int i = 0; i < count; ++i) {
    if (name(static_cast<Enum>(i)) == text) return static_cast<Enum>(i);
  }
  throw Json::other_error::create(501, "'" + text + "' is not known here", &json);
}
/// Of text that was not UTF-8 the lossy form comes back.
[[nodiscard]] Error error_from_json(const Json& json);
/// error_count and the errors that were kept.
void put_errors(Json& object, const JobTotals& totals);
/// The renditions as json_job() has them.
[[nodiscard]] Json json_renditions(const std::vector<Rendition>& renditions);
/// What was to be done; `grain` and `workers` are those asked for.
[[nodiscard]] Json json_job(const Job& job, Grain grain, int workers);
/// The same for a job whose sources are not at hand.
[[nodiscard]] Json json_job(const Job& job, std::uint64_t sources, std::uint64_t source_bytes, Grain grain,
                            int workers);

/// Indented by two, with a line feed at the end. An array within an array, a row of a table, is one line.
[[nodiscard]] std::string to_text(const Json& json);

}  // namespace labday
