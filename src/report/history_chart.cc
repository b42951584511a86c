#include "report/history_chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <span>

#include "base/text.h"
#include "report/page_blocks.h"
#include "report/wording.h"

namespace labday {
namespace {

constexpr int kHeight = 320;

std::vector<std::pair<std::string, std::string>> mode_legend(std::span<const HistoryRun> runs,
                                                             ModeColours& colours) {
  std::vector<std::pair<std::string, std::string>> legend;
  for (const HistoryRun& run : runs) {
    for (const HistoryPoint& point : run.modes) {
      const std::string label = printable(point.mode);
      const auto is_it = [&](const auto& entry) { return entry.first == label; };
      if (std::none_of(legend.begin(), legend.end(), is_it))
        legend.emplace_back(label, colours.of(point.mode));
    }
  }
  return legend;
}

Json history_table(std::span<const HistoryRun> runs,
                   const std::vector<std::pair<std::string, std::string>>& modes) {
  TableCells cells{{{"run", Align::left}, {"sources", Align::right}}, {}};
  for (const auto& [mode, unused] : modes) cells.columns.push_back({mode, Align::right});
  for (const HistoryRun& run : runs) {
    std::vector<std::string> row{printable(run.label), with_commas(run.sources)};
    row.resize(2 + modes.size(), "–");
    for (const HistoryPoint& point : run.modes) {
      for (std::size_t i = 0; i < modes.size(); ++i)
        if (modes[i].first == printable(point.mode)) row[2 + i] = fmt::format("{:.3f}", point.mean_seconds);
    }
    cells.rows.push_back(std::move(row));
  }
  return table_block("Mean seconds of each run", cells);
}

}  // namespace

Json history_chart(const std::vector<HistoryRun>& all, ModeColours& colours) {
  std::span<const HistoryRun> runs(all);
  if (runs.size() < 2) return nullptr;
  Chart chart;
  chart.title = "Mean seconds from run to run.";
  chart.about =
      "A line joins runs of one job; those of different ones are not to be compared. The number of sources "
      "is "
      "beside each.";
  if (runs.size() > kMostHistoryRuns) {
    chart.about +=
        fmt::format(" Of {} the last {} are shown.", counted(runs.size(), "run"), kMostHistoryRuns);
    runs = runs.last(kMostHistoryRuns);
  }
  chart.legend = mode_legend(runs, colours);
  ChartData points{"run", "label", "sources", "mode", "seconds", "job"};
  std::map<std::string, std::size_t> jobs;  // with the place of the first run of each
  for (const HistoryRun& run : runs) {
    const std::size_t job = jobs.emplace(run.job, jobs.size() + 1).first->second;
    for (const HistoryPoint& point : run.modes)
      points.add({run.number, printable(run.label), run.sources, printable(point.mode),
                  plotted(point.mean_seconds), job});
  }
  const Json color = category("mode", {{"scale", colour_scale(chart.legend)}, {"legend", nullptr}});
  const Json x = quantity("run", {{"title", "run"},
                                  {"scale", {{"zero", false}, {"nice", false}, {"padding", 12}}},
                                  {"axis", {{"format", "d"}, {"tickMinStep", 1}, {"grid", false}}}});
  const Json y = quantity("seconds", {{"title", "mean seconds a round"}, {"scale", {{"zero", true}}}});
  const Json line{{"mark", {{"type", "line"}, {"strokeWidth", 1.5}, {"opacity", 0.6}, {"aria", false}}},
                  {"encoding", {{"x", x}, {"y", y}, {"color", color}, {"detail", category("job")}}}};
  const Json dots{{"mark", {{"type", "point"}, {"filled", true}, {"opacity", 1}, {"size", 50}}},
                  {"encoding",
                   {{"x", x},
                    {"y", y},
                    {"color", color},
                    {"tooltip", tooltip({{"label", "run", ""},
                                         {"mode", "mode", ""},
                                         {"seconds", "mean, s", kSecondsFormat},
                                         {"sources", "sources", ",d"}})}}}};
  chart.spec = {{"data", {{"name", "points"}}}, {"height", kHeight}, {"layer", {line, dots}}};
  chart.data = {{"points", std::move(points)}};
  chart.table = history_table(runs, chart.legend);
  return chart_block(std::move(chart));
}

}  // namespace labday
