#include "report/json_parts.h"

#include <cmath>

#include "base/text.h"

namespace labday {

Json json_number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

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

void put_errors(Json& object, const JobTotals& totals) {
  object["error_count"] = totals.error_count;
  Json& errors = object["errors"] = Json::array();
  for (const Error& error : totals.errors) errors.push_back(json_error(error));
}

Json json_job(const Job& job, Grain grain, int workers) {
  std::uint64_t source_bytes = 0;
  for (const Source& source : job.sources) source_bytes += source.file_bytes;
  Json renditions = Json::array();
  for (const Rendition& rendition : job.renditions) {
    Json json = Json::object();
    if (rendition.width > 0) {
      json["width_px"] = rendition.width;
    } else {
      json["scale_percent"] = rendition.scale.text();  // exact, as text
    }
    json["filter"] = name(rendition.filter);
    json["png"] = name(rendition.level);
    renditions.push_back(std::move(json));
  }
  return {{"sources", job.sources.size()},
          {"source_bytes", source_bytes},
          {"renditions", std::move(renditions)},
          {"name", lossy_utf8(job.name.text())},
          {"orient", job.apply_orientation ? "exif" : "none"},
          {"grain", name(grain)},
          {"workers", workers}};
}

std::string to_text(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace labday
