#include "report/times_chart.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "report/bench_wording.h"
#include "report/page_blocks.h"

namespace labday {
namespace {

constexpr int kRowPixels = 50;
/// From the middle of a row, whose label stands in its upper half.
constexpr int kIntervalOffset = 5;
constexpr int kDotsOffset = 17;

std::vector<std::pair<std::string, std::string>> mode_legend(const Summary& summary, ModeColours& colours) {
  std::vector<std::pair<std::string, std::string>> legend;
  for (const ModeSummary& mode : summary.modes)
    legend.emplace_back(printable(mode.mode), colours.of(mode.mode));
  return legend;
}

bool stands_out(const ModeSummary& mode, int round) {
  return std::find(mode.outliers.begin(), mode.outliers.end(), round) != mode.outliers.end();
}

ChartData round_rows(const Summary& summary) {
  ChartData rows{"mode", "round", "seconds", "outlier"};
  for (const ModeSummary& mode : summary.modes) {
    for (std::size_t i = 0; i < mode.seconds.size(); ++i) {
      const int round = mode.rounds[i];
      rows.add(
          {printable(mode.mode), round, plotted(mode.seconds[i]), stands_out(mode, round) ? "yes" : "no"});
    }
  }
  return rows;
}

ChartData mean_rows(const Summary& summary) {
  ChartData rows{"mode", "mean", "low", "high", "interval", "ratio"};
  for (const ModeSummary& mode : summary.modes) {
    const Interval none{mode.mean_seconds, mode.mean_seconds};
    const Interval interval = mode.mean_interval_seconds.value_or(none);
    rows.add({printable(mode.mode), plotted(mode.mean_seconds), plotted(std::max(0.0, interval.low)),
              plotted(interval.high), interval_text(mode.mean_interval_seconds), ratio_text(mode.standing)});
  }
  return rows;
}

/// Where the baseline could be without a difference being claimed; empty where that is not known.
ChartData floor_rows(const ExperimentPlan& plan, const Summary& summary) {
  ChartData rows{"low", "high", "what"};
  if (!summary.noise_floor || !summary.noise_floor->share) return rows;
  if (*summary.noise_floor->share > kWidestShare) return rows;
  for (const ModeSummary& mode : summary.modes) {
    if (mode.mode != plan.baseline) continue;
    const double share = *summary.noise_floor->share;
    rows.add({plotted(mode.mean_seconds / (1 + share)), plotted(mode.mean_seconds * (1 + share)),
              fmt::format("within the noise floor of {}", printable(plan.baseline))});
  }
  return rows;
}

Json rounds_table(const Summary& summary) {
  TableCells cells{{{"mode", Align::left}}, {}};
  int most = 0;
  for (const ModeSummary& mode : summary.modes) most = std::max(most, mode.rounds.back());
  for (int round = 1; round <= most; ++round)
    cells.columns.push_back({fmt::format("round {}", round), Align::right});
  for (const ModeSummary& mode : summary.modes) {
    std::vector<std::string>& row = cells.rows.emplace_back();
    row.resize(static_cast<std::size_t>(most) + 1);  // what failed stays empty
    row.front() = printable(mode.mode);
    for (std::size_t i = 0; i < mode.seconds.size(); ++i)
      row[static_cast<std::size_t>(mode.rounds[i])] = fmt::format("{:.3f}", mode.seconds[i]);
  }
  return table_block("Seconds of every round", cells);
}

}  // namespace

std::vector<std::string> by_mean(const Summary& summary) {
  std::vector<const ModeSummary*> modes;
  for (const ModeSummary& mode : summary.modes) modes.push_back(&mode);
  std::stable_sort(modes.begin(), modes.end(), [](const ModeSummary* a, const ModeSummary* b) {
    return a->mean_seconds < b->mean_seconds;
  });
  std::vector<std::string> labels;
  for (const ModeSummary* mode : modes) labels.push_back(printable(mode->mode));
  return labels;
}

Json times_chart(const ExperimentPlan& plan, const Summary& summary, ModeColours& colours) {
  const Json y = category("mode", row_order(by_mean(summary)));
  const Json color =
      category("mode", {{"scale", colour_scale(mode_legend(summary, colours))}, {"legend", nullptr}});
  const Json axis{{"scale", {{"zero", true}, {"nice", true}}}, {"title", "seconds a round"}};
  const Json means = tooltip({{"mode", "mode", ""},
                              {"mean", "mean, s", kSecondsFormat},
                              {"interval", "95 % interval, s", ""},
                              {"ratio", "ratio to the baseline", ""}});
  Json layers = Json::array();
  ChartData floor = floor_rows(plan, summary);
  if (!floor.empty()) {
    layers.push_back({{"data", {{"name", "floor"}}},
                      {"mark", {{"type", "rect"}, {"opacity", 0.35}, {"color", colour("grid")}}},
                      {"encoding",
                       {{"x", quantity("low", axis)},
                        {"x2", {{"field", "high"}}},
                        {"tooltip", tooltip({{"what", "band", ""},
                                             {"low", "from, s", kSecondsFormat},
                                             {"high", "to, s", kSecondsFormat}})}}}});
  }
  layers.push_back({{"data", {{"name", "means"}}},
                    {"mark",
                     {{"type", "rule"},
                      {"strokeWidth", 4},
                      {"strokeCap", "round"},
                      {"yOffset", kIntervalOffset},
                      {"y2Offset", kIntervalOffset}}},
                    {"encoding",
                     {{"y", y},
                      {"x", quantity("low", axis)},
                      {"x2", {{"field", "high"}}},
                      {"color", color},
                      {"tooltip", means}}}});
  layers.push_back(
      {{"data", {{"name", "means"}}},
       {"mark",
        {{"type", "point"},
         {"shape", "diamond"},
         {"filled", true},
         {"opacity", 1},
         {"size", 130},
         {"stroke", colour("paper")},
         {"strokeWidth", 1.5},
         {"yOffset", kIntervalOffset}}},
       {"encoding", {{"y", y}, {"x", quantity("mean", axis)}, {"color", color}, {"tooltip", means}}}});
  layers.push_back({{"data", {{"name", "rounds"}}},
                    {"mark", {{"type", "circle"}, {"size", 42}, {"opacity", 0.6}, {"yOffset", kDotsOffset}}},
                    {"encoding",
                     {{"y", y},
                      {"x", quantity("seconds", axis)},
                      {"color", color},
                      {"tooltip", tooltip({{"mode", "mode", ""},
                                           {"round", "round", "d"},
                                           {"seconds", "seconds", kSecondsFormat},
                                           {"outlier", "stands out", ""}})}}}});
  Chart chart;
  chart.title = "Seconds by mode.";
  chart.about = "A dot is a round, a diamond the mean, a bar its 95 % interval.";
  if (!floor.empty()) {
    chart.about +=
        fmt::format(" Within the band no difference from {} is claimed.", printable(plan.baseline));
  }
  chart.spec = {{"height", kRowPixels * summary.modes.size()}, {"layer", std::move(layers)}};
  chart.data = {{"rounds", round_rows(summary)}, {"means", mean_rows(summary)}};
  if (!floor.empty()) chart.data.emplace_back("floor", std::move(floor));
  chart.table = rounds_table(summary);
  return chart_block(std::move(chart));
}

}  // namespace labday
