#include "report/history_json.h"

#include <fmt/format.h>

#include "base/text.h"
#include "report/json_parts.h"

namespace labday {
namespace {

constexpr std::string_view kSchema = "labday.history/1";
constexpr int kMost = 1'000'000;

Json json_entry(const HistoryEntry& entry) {
  Json modes = Json::object();
  for (const HistoryMode& mode : entry.modes) {
    modes[lossy_utf8(mode.mode)] = {{"mean_seconds", json_number(mode.mean_seconds)},
                                    {"ratio", json_number(mode.ratio.value)},
                                    {"ratio_interval", json_interval(mode.ratio.interval)},
                                    {"place", mode.place}};
  }
  return {{"command", entry.command},
          {"unix_time_seconds", entry.unix_time},
          {"cpu_model", lossy_utf8(entry.machine.cpu_model)},
          {"cores", entry.machine.cores},
          {"sources", entry.job.sources},
          {"source_bytes", entry.job.source_bytes},
          {"renditions", json_renditions(entry.job.renditions)},
          {"grain", name(entry.job.grain)},
          {"workers", entry.job.workers},
          {"baseline", lossy_utf8(entry.baseline)},
          {"modes", std::move(modes)}};
}

HistoryEntry entry_from(const Json& json) {
  HistoryEntry entry;
  entry.command = json.at("command").get<std::string>();
  entry.unix_time = json.at("unix_time_seconds").get<std::int64_t>();
  entry.machine = {json.at("cpu_model").get<std::string>(), whole_from(json.at("cores"), 1, kMost)};
  entry.job.sources = count_from(json.at("sources"));
  entry.job.source_bytes = count_from(json.at("source_bytes"));
  for (const Json& rendition : json.at("renditions")) {
    entry.job.renditions.push_back(rendition_from_json(rendition));
  }
  entry.job.grain = named<Grain>(json.at("grain"), static_cast<int>(Grain::automatic) + 1);
  entry.job.workers = whole_from(json.at("workers"), 1, kMost);
  entry.baseline = json.at("baseline").get<std::string>();
  for (const auto& [name, mode] : json.at("modes").items()) {
    HistoryMode& known = entry.modes.emplace_back();
    known.mode = name;
    known.mean_seconds = mode.at("mean_seconds").get<double>();
    known.ratio.value = mode.at("ratio").get<double>();
    known.place = whole_from(mode.at("place"), 1, kMost);
    if (const Json& interval = mode.at("ratio_interval"); !interval.is_null()) {
      known.ratio.interval = Interval{interval.at(0).get<double>(), interval.at(1).get<double>()};
    }
  }
  return entry;
}

}  // namespace

std::string history_json(const History& history) {
  Json entries = Json::array();
  for (const HistoryEntry& entry : history) entries.push_back(json_entry(entry));
  return to_text({{"schema", kSchema}, {"entries", std::move(entries)}});
}

Result<History> history_from_json(std::string_view text, const std::string& path) {
  const Json json = Json::parse(text, nullptr, false);
  try {
    if (json.is_discarded()) refuse_json(json, "this is no JSON, or it has been cut");
    if (json.at("schema").get<std::string>() != kSchema)
      refuse_json(json, "another version of labday wrote it");
    History history;
    for (const Json& entry : json.at("entries")) history.push_back(entry_from(entry));
    return history;
  } catch (const Json::exception& error) {
    return fail(Stage::plan, ErrorCode::corrupt, path, json_reason(error));
  }
}

bool begins_as_history(std::string_view text) {
  constexpr std::size_t kBegin = 64;  // more than what may stand before the schema
  return text.substr(0, kBegin).find(fmt::format("\"{}\"", kSchema)) != std::string_view::npos;
}

}  // namespace labday
