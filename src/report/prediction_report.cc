#include "report/prediction_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "report/json_parts.h"
#include "report/table.h"
#include "report/wording.h"

namespace labday {
namespace {

std::string seconds_text(double seconds) {
  return seconds < 10 ? fmt::format("{:.3f}", seconds) : fmt::format("{:.1f}", seconds);
}

std::string interval_text(const std::optional<Interval>& interval) {
  return interval ? fmt::format("{} – {}", seconds_text(interval->low), seconds_text(interval->high)) : "–";
}

/// Each sentence once, with the modes that it holds for, where these are not all.
std::string unknown_text(const std::vector<Prediction>& predictions) {
  std::vector<std::string> sentences;
  for (const Prediction& prediction : predictions) {
    for (const std::string& sentence : prediction.unknown) {
      if (std::find(sentences.begin(), sentences.end(), sentence) == sentences.end())
        sentences.push_back(sentence);
    }
  }
  std::string text;
  for (const std::string& sentence : sentences) {
    std::string modes;
    std::size_t count = 0;
    for (const Prediction& prediction : predictions) {
      const auto& unknown = prediction.unknown;
      if (std::find(unknown.begin(), unknown.end(), sentence) == unknown.end()) continue;
      ++count;
      modes += fmt::format("{}{}", modes.empty() ? "" : ", ", printable(prediction.mode));
    }
    text += fmt::format("Not known{}: {}.\n", count == predictions.size() ? "" : fmt::format(" of {}", modes),
                        sentence);
  }
  return text;
}

}  // namespace

std::string prediction_text(const std::vector<Prediction>& predictions) {
  if (predictions.empty()) return "";
  const std::vector<Column> columns{{"mode", Align::left},      {"workers", Align::right},
                                    {"seconds", Align::right},  {"95 % interval", Align::right},
                                    {"a source", Align::right}, {"limited by", Align::left}};
  std::vector<std::vector<std::string>> rows;
  for (const Prediction& one : predictions) {
    const double a_source = one.sources > 0 ? one.seconds / static_cast<double>(one.sources) : 0;
    rows.push_back({printable(one.mode), fmt::format("{}", one.workers), seconds_text(one.seconds),
                    interval_text(one.interval), fmt::format("{:.2f} ms", 1000 * a_source),
                    std::string(name(one.bottleneck))});
  }
  return fmt::format("Predicted for {} on {}:\n\n", counted(predictions.front().sources, "source"),
                     counted(static_cast<std::uint64_t>(predictions.front().cores), "core")) +
         table(columns, rows) + "\n" + unknown_text(predictions);
}

std::string prediction_json(const std::vector<Prediction>& predictions) {
  Json modes = Json::object();
  for (const Prediction& one : predictions) {
    Json unknown = Json::array();
    for (const std::string& sentence : one.unknown) unknown.push_back(lossy_utf8(sentence));
    modes[lossy_utf8(one.mode)] = {{"seconds", json_number(one.seconds)},
                                   {"interval_seconds", json_interval(one.interval)},
                                   {"workers", one.workers},
                                   {"cores", one.cores},
                                   {"sources", one.sources},
                                   {"limited_by", name(one.bottleneck)},
                                   {"replayed", lossy_utf8(one.replayed)},
                                   {"calibration", json_number(one.calibration)},
                                   {"bytes_a_second", json_number(one.bytes_a_second)},
                                   {"recorded_bytes_a_second", json_number(one.recorded_bytes_a_second)},
                                   {"unknown", std::move(unknown)}};
  }
  return to_text({{"schema", "labday.prediction/1"}, {"modes", std::move(modes)}});
}

}  // namespace labday
