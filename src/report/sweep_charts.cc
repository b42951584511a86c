#include "report/sweep_charts.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "report/page_blocks.h"
#include "report/scaling_text.h"
#include "report/sweep_progress.h"
#include "report/sweep_wording.h"
#include "report/wording.h"

namespace labday {
namespace {

constexpr int kHeight = 320;
constexpr int kStepsOfALaw = 40;

struct Context {
  const SweepRecord& record;
  const SweepSummary& summary;
  SweepGrid grid;
  ModeColours& colours;
};

std::vector<std::pair<std::string, std::string>> mode_legend(const Context& of) {
  std::vector<std::pair<std::string, std::string>> legend;
  for (const auto& mode : of.record.plan.modes)
    legend.emplace_back(printable(mode.spec), of.colours.of(mode.spec));
  return legend;
}

std::string axis_title(SweepAxis axis) {
  switch (axis) {
    case SweepAxis::sources:
      return "sources";
    case SweepAxis::size:
      return "size of the sources, as a factor of both sides";
    case SweepAxis::workers:
      return "workers";
  }
  return "";
}

/// The places of a point on the axes other than `axis`: points that agree on them are on one curve.
std::pair<std::size_t, std::size_t> held_places(const Context& of, SweepAxis axis, const SweepPoint& point) {
  const SweepJob& job = of.grid.jobs()[point.job];
  switch (axis) {
    case SweepAxis::sources:
      return {job.size, point.workers};
    case SweepAxis::size:
      return {job.sources, point.workers};
    case SweepAxis::workers:
      break;
  }
  return {job.sources, job.size};
}

/// `size 0.5x, 2 workers`: only axes that have several values are worth a word.
std::string held_title(const Context& of, SweepAxis axis, const SweepPoint& point) {
  const SweepPlan& plan = of.record.plan;
  const SweepJob& job = of.grid.jobs()[point.job];
  std::string title;
  const auto add = [&](bool varies, const std::string& text) {
    if (varies) title += (title.empty() ? "" : ", ") + text;
  };
  add(axis != SweepAxis::sources && plan.sources.size() > 1,
      counted(of.record.result.jobs[point.job].sources, "source"));
  add(axis != SweepAxis::size && plan.sizes.size() > 1, fmt::format("size {:g}x", plan.sizes[job.size]));
  add(axis != SweepAxis::workers && plan.workers.size() > 1, workers_text(plan.workers[point.workers]));
  return title;
}

std::size_t values_on(const SweepPlan& plan, SweepAxis axis) {
  switch (axis) {
    case SweepAxis::sources:
      return plan.sources.size();
    case SweepAxis::size:
      return plan.sizes.size();
    case SweepAxis::workers:
      break;
  }
  return plan.workers.size();
}

Json log_axis(std::string_view title, const std::set<double>& values) {
  Json at = Json::array();
  for (const double value : values) at.push_back(plotted(value));
  return {{"scale", {{"type", "log"}, {"nice", false}, {"padding", 12}}},
          {"title", title},
          {"axis", {{"values", std::move(at)}, {"format", "~g"}, {"grid", false}}}};
}

/// What the modes took at the points of one curve, the crossovers on it, and where the curve has points.
struct Curve {
  ChartData points{"mode", "x", "seconds", "low", "high", "interval", "rounds"};
  ChartData crossings{"x", "low", "high", "what", "interval"};
  std::set<double> values;
};

Curve curve_of(const Context& of, SweepAxis axis, std::pair<std::size_t, std::size_t> held) {
  Curve curve;
  for (const SweepPointSummary& at : of.summary.points) {
    if (held_places(of, axis, at.point) != held) continue;
    const double x = axis_value(of.record.plan, of.record.result, of.grid, axis, at.point);
    curve.values.insert(x);
    const auto a_source = [&](double seconds) { return seconds / static_cast<double>(at.sources); };
    for (const ModeSummary& mode : at.summary.modes) {
      const double mean = a_source(mode.mean_seconds);
      const Interval interval =
          mode.mean_interval_seconds.value_or(Interval{mode.mean_seconds, mode.mean_seconds});
      // Of two rounds the interval may reach below 0, where a logarithm ends.
      const double low = std::max(a_source(interval.low), mean / 10);
      curve.points.add({printable(mode.mode), plotted(x), plotted(mean), plotted(low),
                        plotted(a_source(interval.high)),
                        mode.mean_interval_seconds
                            ? fmt::format("{} – {}", seconds_text(a_source(std::max(0.0, interval.low))),
                                          seconds_text(a_source(interval.high)))
                            : "–",
                        mode.seconds.size()});
    }
  }
  for (const Crossover& crossover : of.summary.crossovers) {
    if (crossover.axis != axis || held_places(of, axis, crossover.before) != held) continue;
    curve.crossings.add({plotted(crossover.at), plotted(crossover.interval.low),
                         plotted(crossover.interval.high),
                         fmt::format("{} overtakes {}{}", printable(crossover.winner),
                                     printable(crossover.loser), crossover.beyond_noise ? "" : ", perhaps"),
                         fmt::format("{:.3g} – {:.3g}", crossover.interval.low, crossover.interval.high)});
  }
  return curve;
}

Json curve_chart(const Context& of, SweepAxis axis, const SweepPoint& first) {
  Curve curve = curve_of(of, axis, held_places(of, axis, first));
  Chart chart;
  chart.legend = mode_legend(of);
  const Json color = category("mode", {{"scale", colour_scale(chart.legend)}, {"legend", nullptr}});
  const Json x = quantity("x", log_axis(axis_title(axis), curve.values));
  const Json y{{"scale", {{"type", "log"}, {"nice", false}, {"padding", 8}}},
               {"title", "seconds a source"},
               {"axis", {{"format", "~g"}, {"tickCount", 5}}}};
  const Json lines = tooltip({{"mode", "mode", ""},
                              {"x", axis_title(axis), "~g"},
                              {"seconds", "s a source", kSecondsFormat},
                              {"interval", "95 % interval", ""},
                              {"rounds", "rounds", "d"}});
  const Json crossing_lines =
      tooltip({{"what", "crossover", ""}, {"x", "at", ".3~g"}, {"interval", "95 % interval", ""}});
  Json layers = Json::array();
  const bool crosses = !curve.crossings.empty();
  if (crosses) {
    layers.push_back({{"data", {{"name", "crossings"}}},
                      {"mark", {{"type", "rect"}, {"opacity", 0.5}, {"color", colour("grid")}}},
                      {"encoding",
                       {{"x", quantity("low", log_axis(axis_title(axis), curve.values))},
                        {"x2", {{"field", "high"}}},
                        {"tooltip", crossing_lines}}}});
    layers.push_back(
        {{"data", {{"name", "crossings"}}},
         {"mark",
          {{"type", "rule"}, {"strokeDash", {4, 3}}, {"strokeWidth", 1.5}, {"color", colour("faded")}}},
         {"encoding", {{"x", x}, {"tooltip", crossing_lines}}}});
  }
  layers.push_back(
      {{"data", {{"name", "points"}}},
       {"mark", {{"type", "area"}, {"opacity", 0.18}, {"aria", false}, {"tooltip", nullptr}}},
       {"encoding", {{"x", x}, {"y", quantity("low", y)}, {"y2", {{"field", "high"}}}, {"color", color}}}});
  layers.push_back({{"data", {{"name", "points"}}},
                    {"mark", {{"type", "line"}, {"strokeWidth", 2}, {"aria", false}}},
                    {"encoding", {{"x", x}, {"y", quantity("seconds", y)}, {"color", color}}}});
  layers.push_back(
      {{"data", {{"name", "points"}}},
       {"mark", {{"type", "point"}, {"filled", true}, {"opacity", 1}, {"size", 60}}},
       {"encoding", {{"x", x}, {"y", quantity("seconds", y)}, {"color", color}, {"tooltip", lines}}}});
  chart.title = fmt::format("Seconds a source along {}.", name(axis));
  chart.about = "Bands are 95 % intervals; both axes are logarithmic.";
  if (crosses) chart.about += " A dashed line is where two modes change places, with its own interval.";
  chart.spec = {{"height", kHeight}, {"layer", std::move(layers)}};
  chart.data = {{"points", std::move(curve.points)}};
  if (crosses) chart.data.emplace_back("crossings", std::move(curve.crossings));
  return chart_block(std::move(chart));
}

/// The means at the points that a law was fitted to, and the law.
struct Fit {
  ChartData measured{"mode", "workers", "speedup", "seconds"};
  ChartData laws{"mode", "law", "workers", "speedup"};
};

void add_fit(Fit& fit, const Context& of, const SweepScaling& scaling) {
  const ScalingLaws& laws = scaling.laws;
  if (!laws.amdahl) return;
  const std::string label = printable(scaling.mode);
  const double one =
      laws.universal ? laws.universal->one_worker_seconds.value : laws.amdahl->one_worker_seconds.value;
  for (const SweepPointSummary& at : of.summary.points) {
    if (at.point.job != scaling.job) continue;
    for (const ModeSummary& mode : at.summary.modes) {
      if (mode.mode != scaling.mode) continue;
      fit.measured.add({label, of.record.plan.workers[at.point.workers], plotted(one / mode.mean_seconds),
                        plotted(mode.mean_seconds)});
    }
  }
  const double first = of.record.plan.workers.front();
  const double last = of.record.plan.workers.back();
  for (int i = 0; i <= kStepsOfALaw; ++i) {
    const double workers = first + (last - first) * i / kStepsOfALaw;
    fit.laws.add({label, "Amdahl's law", plotted(workers), plotted(one / laws.amdahl->seconds(workers))});
    if (laws.universal) {
      fit.laws.add({label, "Universal Scalability Law", plotted(workers),
                    plotted(one / laws.universal->seconds(workers))});
    }
  }
}

Json scaling_chart(const Context& of, std::size_t job) {
  Fit fit;
  for (const SweepScaling& scaling : of.summary.scalings) {
    if (scaling.job == job) add_fit(fit, of, scaling);
  }
  const SweepPlan& plan = of.record.plan;
  ChartData ideal{"workers", "speedup"};
  for (const int workers : {plan.workers.front(), plan.workers.back()}) ideal.add({workers, workers});
  Chart chart;
  const auto legend = mode_legend(of);
  for (std::size_t i = 0; i < legend.size(); ++i) {
    if (plan.modes[i].takes_workers) chart.legend.push_back(legend[i]);
  }
  const Json color = category("mode", {{"scale", colour_scale(chart.legend)}, {"legend", nullptr}});
  const Json x =
      quantity("workers", {{"title", "workers"},
                           {"scale", {{"zero", false}, {"nice", false}, {"padding", 12}}},
                           {"axis", {{"values", plan.workers}, {"format", "d"}, {"grid", false}}}});
  const Json y =
      quantity("speedup", {{"title", "times as fast as with one worker"}, {"scale", {{"zero", true}}}});
  Json layers = Json::array();
  layers.push_back(
      {{"data", {{"name", "ideal"}}},
       {"mark", {{"type", "line"}, {"strokeDash", {2, 3}}, {"color", colour("faded")}, {"aria", false}}},
       {"encoding", {{"x", x}, {"y", y}}}});
  layers.push_back(
      {{"data", {{"name", "laws"}}},
       {"mark", {{"type", "line"}, {"strokeWidth", 2}, {"aria", false}}},
       {"encoding",
        {{"x", x},
         {"y", y},
         {"color", color},
         {"strokeDash", category("law", {{"scale",
                                          {{"domain", {"Universal Scalability Law", "Amdahl's law"}},
                                           {"range", {{1, 0}, {6, 4}}}}},
                                         {"legend", nullptr}})}}}});
  layers.push_back({{"data", {{"name", "measured"}}},
                    {"mark", {{"type", "point"}, {"filled", true}, {"opacity", 1}, {"size", 70}}},
                    {"encoding",
                     {{"x", x},
                      {"y", y},
                      {"color", color},
                      {"tooltip", tooltip({{"mode", "mode", ""},
                                           {"workers", "workers", "d"},
                                           {"speedup", "times as fast", ".3~g"},
                                           {"seconds", "mean, s", kSecondsFormat}})}}}});
  chart.title = "How the modes scale with their workers.";
  chart.about =
      "Points are measured; solid lines are the Universal Scalability Law, dashed ones Amdahl's law, the "
      "dotted one is "
      "where workers would not get in one another's way.";
  chart.spec = {{"height", kHeight}, {"layer", std::move(layers)}};
  chart.data = {
      {"measured", std::move(fit.measured)}, {"laws", std::move(fit.laws)}, {"ideal", std::move(ideal)}};
  return chart_block(std::move(chart));
}

/// The only option as it is, several to choose from.
void add_options(Json& blocks, std::string_view label, std::vector<Option> options) {
  if (options.size() == 1) {
    for (Json& block : options.front().blocks) blocks.push_back(std::move(block));
  } else if (!options.empty()) {
    blocks.push_back(choice_block(label, std::move(options)));
  }
}

}  // namespace

Json sweep_curve_blocks(const SweepRecord& record, const SweepSummary& summary, ModeColours& colours) {
  const Context of{record, summary, SweepGrid(record.plan), colours};
  Json blocks = Json::array();
  for (int i = 0; i < kSweepAxes; ++i) {
    const auto axis = static_cast<SweepAxis>(i);
    if (values_on(record.plan, axis) < 2) continue;
    std::set<std::pair<std::size_t, std::size_t>> seen;
    std::vector<Option> options;
    for (const SweepPointSummary& at : summary.points) {
      if (!seen.insert(held_places(of, axis, at.point)).second) continue;
      options.push_back({held_title(of, axis, at.point), Json::array({curve_chart(of, axis, at.point)})});
    }
    add_options(blocks, fmt::format("Along {}, with", name(axis)), std::move(options));
  }
  return blocks;
}

Json scaling_blocks(const SweepRecord& record, const SweepSummary& summary, ModeColours& colours) {
  const Context of{record, summary, SweepGrid(record.plan), colours};
  std::set<std::size_t> seen;
  std::vector<Option> options;
  for (const SweepScaling& scaling : summary.scalings) {
    if (!scaling.laws.amdahl || !seen.insert(scaling.job).second) continue;
    options.push_back(
        {job_text(record.plan, of.grid.jobs()[scaling.job], record.result.jobs[scaling.job].sources),
         Json::array({scaling_chart(of, scaling.job)})});
  }
  Json blocks = Json::array();
  if (options.empty()) return blocks;
  add_options(blocks, "With", std::move(options));
  blocks.push_back(table_block("The laws' parameters, with 95 % intervals", scaling_cells(record, summary)));
  add_lines(blocks, scaling_limits_text(record, summary), Look::faded);
  return blocks;
}

}  // namespace labday
