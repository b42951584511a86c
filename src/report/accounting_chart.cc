#include "report/accounting_chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "report/page_blocks.h"

namespace labday {
namespace {

constexpr int kRowPixels = 46;
constexpr double kLeastDrawn = 1e-6;  // seconds: the record is not finer

struct Part {
  std::string title;
  std::string colour;
  double (*seconds)(const Accounting&, std::size_t);
  std::size_t index;
};

/// Work by stage, then what was lost by cause, then what nobody can explain.
std::vector<Part> all_parts() {
  std::vector<Part> parts;
  for (auto i = static_cast<std::size_t>(Stage::read); i < kStageCount; ++i) {
    const std::string stage(name(static_cast<Stage>(i)));
    parts.push_back(
        {stage, colour(stage), [](const Accounting& all, std::size_t at) { return all.useful.at(at); }, i});
  }
  for (std::size_t i = 0; i < kCauseCount; ++i) {
    const auto cause = static_cast<Cause>(i);
    parts.push_back({std::string(title(cause)), colour(name(cause)),
                     [](const Accounting& all, std::size_t at) { return all.lost.at(at); }, i});
  }
  parts.push_back({"unexplained", colour("unexplained"),
                   [](const Accounting& all, std::size_t) { return all.unexplained; }, 0});
  return parts;
}

/// Those that are seen in a bar at least.
std::vector<Part> parts_of(const std::vector<ModeDiagnosis>& modes) {
  std::vector<Part> parts = all_parts();
  std::erase_if(parts, [&](const Part& part) {
    return std::none_of(modes.begin(), modes.end(), [&](const ModeDiagnosis& mode) {
      return std::abs(part.seconds(mode.accounting, part.index)) >= kLeastDrawn;
    });
  });
  return parts;
}

Json parts_table(const std::vector<ModeDiagnosis>& modes, const std::vector<Part>& parts) {
  TableCells cells{{{"mode", Align::left}, {"wall × workers", Align::right}}, {}};
  for (const Part& part : parts) cells.columns.push_back({part.title, Align::right});
  for (const ModeDiagnosis& mode : modes) {
    std::vector<std::string> row{printable(mode.mode), fmt::format("{:.3f}", mode.accounting.worker_seconds)};
    for (const Part& part : parts)
      row.push_back(fmt::format("{:.3f}", part.seconds(mode.accounting, part.index)));
    cells.rows.push_back(std::move(row));
  }
  return table_block("Worker seconds a round", cells);
}

}  // namespace

Json accounting_chart(const std::vector<ModeDiagnosis>& modes, const std::vector<std::string>& order) {
  const std::vector<Part> parts = parts_of(modes);
  Chart chart;
  ChartData seconds{"mode", "part", "order", "seconds", "share"};
  ChartData whole{"mode", "seconds"};
  bool twice = false;
  for (const ModeDiagnosis& mode : modes) {
    const Accounting& all = mode.accounting;
    const std::string label = printable(mode.mode);
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const double part = parts[i].seconds(all, parts[i].index);
      if (std::abs(part) < kLeastDrawn) continue;
      seconds.add({label, parts[i].title, i, plotted(part),
                   plotted(all.worker_seconds > 0 ? part / all.worker_seconds : 0)});
    }
    whole.add({label, plotted(all.worker_seconds)});
    twice = twice || all.unexplained <= -kLeastDrawn;
  }
  for (const Part& part : parts) chart.legend.emplace_back(part.title, part.colour);

  const Json y = category("mode", row_order(order));
  const Json bars{
      {"data", {{"name", "parts"}}},
      {"mark",
       {{"type", "bar"}, {"size", 18}, {"yOffset", 9}, {"stroke", colour("paper")}, {"strokeWidth", 0.75}}},
      {"encoding",
       {{"y", y},
        {"x", quantity("seconds", {{"stack", "zero"}, {"title", "seconds of all workers, a round"}})},
        {"order", quantity("order")},
        {"color", category("part", {{"scale", colour_scale(chart.legend)}, {"legend", nullptr}})},
        {"tooltip", tooltip({{"mode", "mode", ""},
                             {"part", "spent on", ""},
                             {"seconds", "seconds", kSecondsFormat},
                             {"share", "of wall × workers", ".1%"}})}}}};
  const Json ends{
      {"data", {{"name", "whole"}}},
      {"mark", {{"type", "tick"}, {"thickness", 2}, {"size", 26}, {"yOffset", 9}, {"color", colour("ink")}}},
      {"encoding",
       {{"y", y},
        {"x", quantity("seconds")},
        {"tooltip", tooltip({{"mode", "mode", ""}, {"seconds", "wall × workers, s", kSecondsFormat}})}}}};
  chart.title = "Seconds by cause.";
  chart.about =
      "What a round could have used is its wall time × workers, the stroke at the end of each bar. Greens "
      "and blues are "
      "work on images; the rest was lost.";
  if (twice) chart.about += " Left of 0 is what was counted twice.";
  chart.spec = {{"height", kRowPixels * modes.size()}, {"layer", {bars, ends}}};
  chart.data = {{"parts", std::move(seconds)}, {"whole", std::move(whole)}};
  chart.table = parts_table(modes, parts);
  return chart_block(std::move(chart));
}

}  // namespace labday
