#include "report/resize_json.h"

#include "base/text.h"
#include "report/json_parts.h"

namespace labday {
namespace {

std::string one_line(std::string text) {
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

}  // namespace

std::string resize_json(const ResizeRecord& record) {
  const JobTotals& totals = record.totals;
  Json json{{"schema", "labday.resize/1"},
            {"version", record.version},
            {"mode", lossy_utf8(record.mode)},
            {"mode_choice",
             record.mode_choice.empty() ? Json(nullptr) : Json(lossy_utf8(one_line(record.mode_choice)))},
            {"note", lossy_utf8(record.note)},
            {"wall_seconds", json_number(to_seconds(record.wall))},
            {"cancelled", record.cancelled},
            {"renditions", json_counts(totals.renditions)},
            {"sources", json_counts(totals.sources)},
            {"warnings", totals.warnings},
            {"bytes_read", totals.bytes_read},
            {"bytes_written", totals.bytes_written},
            {"pixels", totals.pixels},
            {"stage_seconds", json_stages([&](Stage stage) {
               return to_seconds(totals.stage_times.at(static_cast<std::size_t>(stage)));
             })},
            {"job", json_job(record.job, record.grain, record.workers)}};
  put_path(json["output"] = Json::object(), record.job.output_folder);
  put_errors(json, totals);
  return to_text(json);
}

}  // namespace labday
