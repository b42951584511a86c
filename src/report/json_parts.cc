#include "report/json_parts.h"

#include <fmt/format.h>

#include <cmath>

#include "base/text.h"

template class nlohmann::basic_json<nlohmann::ordered_map>;

namespace labday {
namespace {

std::string on_one_line(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// As Json::dump(2), but for rows.
void print(const Json& json, std::size_t indent, std::string& out) {
  if (json.empty() || !json.is_structured()) {
    out += on_one_line(json);
    return;
  }
  const bool object = json.is_object();
  out += object ? "{" : "[";
  const char* separator = "\n";
  for (auto item = json.begin(); item != json.end(); ++item) {
    out += separator;
    out.append(indent + 2, ' ');
    separator = ",\n";
    if (object) {
      out += on_one_line(item.key()) + ": ";
    } else if (item->is_array()) {
      out += on_one_line(*item);
      continue;
    }
    print(*item, indent + 2, out);
  }
  out += "\n";
  out.append(indent, ' ');
  out += object ? "}" : "]";
}

}  // namespace

Json json_number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json json_optional(const std::optional<double>& value) { return value ? json_number(*value) : Json(nullptr); }

Json json_optional(const std::optional<std::string>& value) {
  return value ? Json(lossy_utf8(*value)) : Json(nullptr);
}

Json json_interval(const std::optional<Interval>& interval) {
  if (!interval) return nullptr;
  return Json::array({json_number(interval->low), json_number(interval->high)});
}

Json json_counts(const Counts& counts) {
  return {{"done", counts.done},
          {"skipped", counts.skipped},
          {"failed", counts.failed},
          {"not_done", counts.not_done}};
}

Json json_groups(const ErrorGroups& groups) {
  Json json = Json::array();
  for (const auto& [kind, group] : groups) {
    Json examples = Json::array();
    for (const std::string& path : group.examples) put_path(examples.emplace_back(Json::object()), path);
    json.push_back({{"stage", name(kind.first)},
                    {"code", name(kind.second)},
                    {"count", group.count},
                    {"examples", std::move(examples)}});
  }
  return json;
}

Json json_judgements(const JudgementCounts& counts) {
  Json json = Json::object();
  for (std::size_t i = 0; i < counts.size(); ++i)
    json[std::string(name(static_cast<Judgement>(i)))] = counts.at(i);
  return json;
}

void refuse_json(const Json& json, const std::string& why) {
  throw Json::other_error::create(501, why, &json);
}

std::string json_reason(const Json::exception& error) {
  std::string_view reason = error.what();
  if (const std::size_t end = reason.find("] ");
      reason.starts_with("[json.exception.") && end < reason.size()) {
    reason.remove_prefix(end + 2);
  }
  return std::string(reason);
}

Nanoseconds seconds_from(const Json& json) {
  const auto seconds = json.get<double>();
  if (!(seconds >= 0 && seconds < 1e9)) refuse_json(json, fmt::format("{} are no seconds", seconds));
  return Nanoseconds(std::llround(seconds * 1e9));
}

int whole_from(const Json& json, int least, int most) {
  if (!json.is_number_integer()) refuse_json(json, "a whole number is missing");
  const auto value = json.get<std::int64_t>();
  if (value < least || value > most) refuse_json(json, fmt::format("{} is out of range", value));
  return static_cast<int>(value);
}

Rendition rendition_from_json(const Json& json) {
  Rendition rendition;
  if (json.contains("width_px")) {
    rendition.width = whole_from(json.at("width_px"), 1, 1'000'000'000);
  } else {
    const Result<Percent> scale = Percent::parse(json.at("scale_percent").get<std::string>());
    if (!scale) refuse_json(json, scale.error().detail);
    rendition.scale = *scale;
  }
  const auto filter = filter_from_name(json.at("filter").get<std::string>());
  const auto level = png_level_from_name(json.at("png").get<std::string>());
  if (!filter || !level) refuse_json(json, "a filter or a PNG level is not known here");
  rendition.filter = *filter;
  rendition.level = *level;
  return rendition;
}

std::uint64_t count_from(const Json& json) {
  if (!json.is_number_unsigned()) {
    throw Json::type_error::create(302, std::string("a count is missing where there is ") + json.type_name(),
                                   &json);
  }
  return json.get<std::uint64_t>();
}

Counts counts_from_json(const Json& json) {
  return {count_from(json.at("done")), count_from(json.at("skipped")), count_from(json.at("failed")),
          count_from(json.at("not_done"))};
}

std::string path_from_json(const Json& object) {
  if (const auto exact = object.find("path_bytes"); exact != object.end()) {
    if (auto bytes = from_base64(exact->get<std::string>())) return std::move(*bytes);
  }
  return object.contains("path") ? object.at("path").get<std::string>() : "";
}

void put_path(Json& object, std::string_view path) {
  object["path"] = lossy_utf8(path);
  if (!is_utf8(path)) object["path_bytes"] = base64(path);
}

Json json_error(const Error& error) {
  Json json = Json::object();
  if (!error.path.empty()) put_path(json, error.path);
  json["stage"] = name(error.stage);
  json["code"] = name(error.code);
  json["detail"] = lossy_utf8(error.detail);
  return json;
}

Error error_from_json(const Json& json) {
  Error error;
  error.path = path_from_json(json);
  error.stage = named<Stage>(json.at("stage"), kStageCount);
  error.code = named<ErrorCode>(json.at("code"), kErrorCodeCount);
  error.detail = json.at("detail").get<std::string>();
  return error;
}

void put_errors(Json& object, const JobTotals& totals) {
  object["error_count"] = totals.error_count;
  Json& errors = object["errors"] = Json::array();
  for (const Error& error : totals.errors) errors.push_back(json_error(error));
}

Json json_job(const Job& job, Grain grain, int workers) {
  std::uint64_t source_bytes = 0;
  for (const Source& source : job.sources) source_bytes += source.file_bytes;
  return json_job(job, job.sources.size(), source_bytes, grain, workers);
}

Json json_renditions(const std::vector<Rendition>& renditions) {
  Json list = Json::array();
  for (const Rendition& rendition : renditions) {
    Json json = Json::object();
    if (rendition.width > 0) {
      json["width_px"] = rendition.width;
    } else {
      json["scale_percent"] = rendition.scale.text();  // exact, as text
    }
    json["filter"] = name(rendition.filter);
    json["png"] = name(rendition.level);
    list.push_back(std::move(json));
  }
  return list;
}

Json json_job(const Job& job, std::uint64_t sources, std::uint64_t source_bytes, Grain grain, int workers) {
  return {{"sources", sources},
          {"source_bytes", source_bytes},
          {"renditions", json_renditions(job.renditions)},
          {"name", lossy_utf8(job.name.text())},
          {"orient", job.apply_orientation ? "exif" : "none"},
          {"grain", name(grain)},
          {"workers", workers}};
}

std::string to_text(const Json& json) {
  std::string text;
  print(json, 0, text);
  return text + "\n";
}

}  // namespace labday
