#include "report/timeline_chart.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "report/lanes.h"
#include "report/page_blocks.h"
#include "report/wording.h"

namespace labday {
namespace {

constexpr int kLanePixels = 26;

/// Of rounds that have rows, the one in the middle of their times.
std::optional<std::size_t> typical_round(const ModeRounds& mode) {
  std::vector<std::size_t> rounds;
  for (std::size_t i = 0; i < mode.rounds.size(); ++i) {
    const auto& round = mode.rounds[i];
    if (round && round->record && !round->record->task_rows.empty()) rounds.push_back(i);
  }
  if (rounds.empty()) return std::nullopt;
  const auto middle = rounds.begin() + static_cast<std::ptrdiff_t>((rounds.size() - 1) / 2);
  std::nth_element(rounds.begin(), middle, rounds.end(),
                   [&](std::size_t a, std::size_t b) { return mode.rounds[a]->wall < mode.rounds[b]->wall; });
  return *middle;
}

Json seconds_of(Nanoseconds time) { return plotted(to_seconds(time)); }

/// What is drawn of a round, and a note of what is not.
struct Rows {
  ChartData tasks{"lane", "from", "to", "task", "seconds"};
  ChartData stages{"lane", "from", "to", "task", "stage", "seconds"};
  ChartData waits{"lane", "from", "to", "seconds"};
  std::vector<std::string> lanes;
  std::string left_out;
};

Rows rows_of(const RoundRecord& record) {
  Rows rows;
  std::vector<Lane> lanes = lanes_of(record);
  if (lanes.size() > kMostTimelineLanes) {
    rows.left_out +=
        fmt::format(" Of {} the first {} are shown.", counted(lanes.size(), "lane"), kMostTimelineLanes);
    lanes.resize(kMostTimelineLanes);
  }
  // The first ones of the round, whoever had them: so much is asked of the page.
  std::vector<Nanoseconds> begins;
  for (const Lane& lane : lanes)
    for (const std::size_t task : lane.tasks) begins.push_back(record.task_rows[task].record.started);
  std::sort(begins.begin(), begins.end());
  const bool thinned = begins.size() > kMostTimelineTasks;
  if (thinned) {
    rows.left_out +=
        fmt::format(" Of {} the first {} are shown.", counted(begins.size(), "task"), kMostTimelineTasks);
  }
  for (const Lane& lane : lanes) {
    const std::string title = lane.title();
    rows.lanes.push_back(title);
    for (const std::size_t place : lane.tasks) {
      const TaskRow& row = record.task_rows[place];
      if (thinned && row.record.started >= begins[kMostTimelineTasks]) continue;
      const std::string task = task_title(row.task);
      rows.tasks.add({title, seconds_of(row.record.started), seconds_of(row.record.ended), task,
                      seconds_of(row.record.ended - row.record.started)});
      const auto spans = stage_spans(row);
      for (std::size_t stage = 0; stage < spans.size(); ++stage) {
        if (!spans.at(stage)) continue;
        rows.stages.add({title, seconds_of(spans.at(stage)->begin), seconds_of(spans.at(stage)->end), task,
                         name(static_cast<Stage>(stage)), seconds_of(row.wall.at(stage))});
      }
    }
  }
  for (const WorkerRecord& worker : record.worker_rows) {
    const std::string title = Lane{worker.worker, 0, {}}.title();
    if (std::find(rows.lanes.begin(), rows.lanes.end(), title) == rows.lanes.end()) continue;
    for (const IdleSpan& wait : waits_of(worker))
      rows.waits.add({title, seconds_of(wait.begin), seconds_of(wait.end), seconds_of(wait.idle)});
  }
  if (const std::string some = left_out_of(record); !some.empty()) rows.left_out += fmt::format(" {}.", some);
  return rows;
}

/// How busy each lane was.
Json lanes_table(const RoundRecord& record) {
  TableCells cells{{{"lane", Align::left}, {"tasks", Align::right}, {"seconds in tasks", Align::right}}, {}};
  for (const Lane& lane : lanes_of(record)) {
    Nanoseconds busy{0};
    for (const std::size_t task : lane.tasks)
      busy += record.task_rows[task].record.ended - record.task_rows[task].record.started;
    cells.rows.push_back(
        {lane.title(), fmt::format("{}", lane.tasks.size()), fmt::format("{:.3f}", to_seconds(busy))});
  }
  return table_block("Tasks by lane", cells);
}

std::vector<std::pair<std::string, std::string>> stage_legend() {
  std::vector<std::pair<std::string, std::string>> legend;
  for (int i = static_cast<int>(Stage::read); i < kStageCount; ++i) {
    const std::string stage(name(static_cast<Stage>(i)));
    legend.emplace_back(stage, colour(stage));
  }
  return legend;
}

std::vector<std::pair<std::string, std::string>> timeline_legend() {
  auto legend = stage_legend();
  legend.emplace_back("of the task, in no stage", colour("line"));
  legend.emplace_back("the worker waited", colour("waiting"));
  return legend;
}

Json layer_of(std::string_view data, Json mark, Json encoding, const Json& x, const Json& y) {
  encoding["y"] = y;
  encoding["x"] = x;
  encoding["x2"] = {{"field", "to"}};
  return {{"data", {{"name", data}}}, {"mark", std::move(mark)}, {"encoding", std::move(encoding)}};
}

Json timeline(const std::string& mode, std::size_t round, const RoundResult& result, double until) {
  Rows rows = rows_of(*result.record);
  Chart chart;
  chart.title = fmt::format("{}, round {}: {:.3g} s.", mode, round + 1, to_seconds(result.wall));
  chart.about = rows.left_out.empty() ? "" : rows.left_out.substr(1);
  const Json scale = colour_scale(stage_legend());
  const Json x = quantity("from", {{"title", "seconds since the first task was handed over"},
                                   {"scale", {{"domain", {0, plotted(until)}}, {"nice", false}}}});
  const Json y = category(
      "lane", {{"sort", nullptr},
               {"scale", {{"domain", rows.lanes}}},
               {"axis", {{"title", nullptr}, {"ticks", false}, {"domain", false}, {"labelOverlap", false}}}});
  Json layers = Json::array();
  layers.push_back(layer_of("tasks", {{"type", "bar"}, {"size", 16}, {"color", colour("line")}},
                            {{"tooltip", tooltip({{"task", "task", ""},
                                                  {"seconds", "seconds", kSecondsFormat},
                                                  {"from", "from, s", kSecondsFormat}})}},
                            x, y));
  layers.push_back(layer_of(
      "stages", {{"type", "bar"}, {"size", 16}},
      {{"color", category("stage", {{"scale", scale}, {"legend", nullptr}})},
       {"tooltip",
        tooltip({{"task", "task", ""}, {"stage", "stage", ""}, {"seconds", "seconds", kSecondsFormat}})}},
      x, y));
  // A stroke where a task begins: whose stages follow one another at once looks like one.
  layers.push_back({{"data", {{"name", "tasks"}}},
                    {"mark",
                     {{"type", "tick"},
                      {"orient", "vertical"},
                      {"thickness", 1.5},
                      {"size", 16},
                      {"color", colour("paper")},
                      {"aria", false}}},
                    {"encoding", {{"x", x}, {"y", y}}}});
  if (!rows.waits.empty()) {
    layers.push_back(layer_of("waits",
                              {{"type", "bar"}, {"size", 3}, {"yOffset", 11}, {"color", colour("waiting")}},
                              {{"tooltip", tooltip({{"lane", "waited", ""},
                                                    {"seconds", "seconds", kSecondsFormat},
                                                    {"from", "from, s", kSecondsFormat}})}},
                              x, y));
  }
  ChartData ends{"at", "what"};
  ends.add({seconds_of(result.record->given_out), "no task was left to give out"});
  ends.add({seconds_of(result.wall), "the last file was in place"});
  layers.push_back(
      {{"data", {{"name", "ends"}}},
       {"mark", {{"type", "rule"}, {"strokeDash", {4, 3}}, {"strokeWidth", 1.5}, {"color", colour("ink")}}},
       {"encoding",
        {{"x", quantity("at")},
         {"tooltip", tooltip({{"what", "from here on", ""}, {"at", "s", kSecondsFormat}})}}}});
  chart.spec = {{"height", kLanePixels * rows.lanes.size()}, {"layer", std::move(layers)}};
  const bool waits = !rows.waits.empty();
  chart.data = {
      {"tasks", std::move(rows.tasks)}, {"stages", std::move(rows.stages)}, {"ends", std::move(ends)}};
  if (waits) chart.data.emplace_back("waits", std::move(rows.waits));
  chart.table = lanes_table(*result.record);
  return chart_block(std::move(chart));
}

}  // namespace

Json timeline_blocks(const ExperimentResult& result) {
  double until = 0;
  for (const ModeRounds& mode : result.modes) {
    if (const auto round = typical_round(mode))
      until = std::max(until, to_seconds(mode.rounds[*round]->wall));
  }
  Json blocks = Json::array();
  if (until > 0) blocks.push_back(legend_block(timeline_legend()));
  for (const ModeRounds& mode : result.modes) {
    const auto round = typical_round(mode);
    if (round) blocks.push_back(timeline(printable(mode.mode), *round, *mode.rounds[*round], until));
  }
  return blocks;
}

}  // namespace labday
