#include "report/run_page.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "lab/diagnosis.h"
#include "lab/summary.h"
#include "lab/sweep_summary.h"
#include "report/accounting_chart.h"
#include "report/bench_console.h"
#include "report/bench_wording.h"
#include "report/claims_text.h"
#include "report/environment_facts.h"
#include "report/page_blocks.h"
#include "report/sweep_charts.h"
#include "report/sweep_console.h"
#include "report/sweep_wording.h"
#include "report/timeline_chart.h"
#include "report/times_chart.h"

namespace labday {
namespace {

/// `threads is fastest: 0.92 s a round, 0.51 (0.50 – 0.52) times blocking.`
std::string headline(const ExperimentPlan& plan, const Summary& summary) {
  std::vector<const ModeSummary*> first;
  for (const ModeSummary& mode : summary.modes)
    if (mode.standing.place == 1) first.push_back(&mode);
  if (first.empty()) return "Which mode is fastest is not known: a single round says nothing of the noise.";
  if (first.size() == 1 && summary.modes.size() > 1) {
    const ModeSummary& mode = *first.front();
    const std::string versus =
        mode.mode == plan.baseline || !mode.standing.ratio
            ? ""
            : fmt::format(", {} times {}", ratio_text(mode.standing), printable(plan.baseline));
    return fmt::format("{} is fastest: {:.3g} s a round{}.", printable(mode.mode), mode.mean_seconds, versus);
  }
  if (first.size() == 1) {
    return fmt::format("{} took {:.3g} s a round.", printable(first.front()->mode),
                       first.front()->mean_seconds);
  }
  std::string list;
  for (std::size_t i = 0; i < first.size(); ++i) {
    list += fmt::format("{}{}",
                        i == 0                 ? ""
                        : i + 1 < first.size() ? ", "
                                               : " and ",
                        printable(first[i]->mode));
  }
  return fmt::format("{} share the first place: they cannot all be told apart.", list);
}

Json run_json(const RunHeading& heading, Json summary, Json sections) {
  Json above = Json::array();
  if (!heading.about.empty()) above.push_back(text_block(printable(heading.about), Look::faded));
  for (const std::string& note : heading.notes) above.push_back(text_block(lossy_utf8(note), Look::typed));
  for (Json& block : summary) above.push_back(std::move(block));
  return {
      {"label", printable(heading.label)}, {"summary", std::move(above)}, {"sections", std::move(sections)}};
}

Json finding_json(const Finding& finding) {
  return {{"title", fmt::format("{}: {}", printable(finding.mode), title(finding.cause))},
          {"figure",
           fmt::format("{:.3g} s, {:.0f} % of its workers' time", finding.seconds, 100 * finding.share)},
          {"text", capitalised(printable(finding.evidence)) + "."},
          {"remedy", remedy(finding.cause)}};
}

Json findings_block(const std::vector<ModeDiagnosis>& modes) {
  std::vector<const Finding*> all;
  for (const ModeDiagnosis& mode : modes)
    for (const Finding& finding : mode.findings) all.push_back(&finding);
  if (all.empty()) {
    return text_block(
        fmt::format("No mode lost {:.0f} % of its workers' time to any cause.", 100 * kLeastShare));
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const Finding* a, const Finding* b) { return a->seconds > b->seconds; });
  Json list = Json::array();
  for (const Finding* finding : all) list.push_back(finding_json(*finding));
  return {{"kind", "findings"}, {"findings", std::move(list)}};
}

void add_seconds(Json& sections, const BenchRecord& record, const Summary& summary) {
  const std::vector<ModeDiagnosis> modes = diagnose(record.plan, record.result);
  if (modes.empty()) {
    sections.push_back(section(
        "seconds", "Where the seconds went",
        Json::array({text_block("Not known: the run holds no records, since it was made with --no-records.",
                                Look::faded)})));
    return;
  }
  sections.push_back(
      section("seconds", "Where the seconds went", Json::array({accounting_chart(modes, by_mean(summary))})));
  sections.push_back(section("findings", "Findings", Json::array({findings_block(modes)})));
}

void add_timeline(Json& sections, const ExperimentResult& result) {
  Json timelines = timeline_blocks(result);
  if (timelines.empty()) return;
  Json blocks = Json::array();
  blocks.push_back(
      text_block("Of each mode the round of median time, of those whose tasks are in the run; labday trace "
                 "shows all of them. How "
                 "long a stage took is recorded and when is not: a task's stages stand one behind the other.",
                 Look::faded));
  for (Json& timeline : timelines) blocks.push_back(std::move(timeline));
  sections.push_back(section("timeline", "Which worker had which task", std::move(blocks)));
}

void add_problems(Json& sections, const std::string& lines) {
  if (lines.empty()) return;
  sections.push_back(section("problems", "What failed",
                             Json::array({Json{{"kind", "lines"}, {"text", lossy_utf8(lines)}}})));
}

void add_environment(Json& sections, const Environment& environment, const std::string& conditions) {
  Json blocks = Json::array();
  add_lines(blocks, lossy_utf8(conditions));
  blocks.push_back(facts_block(environment_facts(environment)));
  sections.push_back(section("environment", "Environment", std::move(blocks)));
}

void add_crossovers(Json& blocks, const SweepRecord& record, const SweepSummary& figures) {
  for (const bool certain : {true, false}) {
    std::string lines;
    for (const Crossover& crossover : figures.crossovers)
      if (crossover.beyond_noise == certain) lines += crossover_text(record, crossover) + ".\n";
    if (certain && lines.empty()) {
      blocks.push_back(text_block("Nowhere on the grid do two modes change places beyond the noise."));
    } else if (!lines.empty()) {
      blocks.push_back(
          text_block(certain ? "Where the ranking changes:"
                             : "Where it seems to change, though on one side the two cannot be told apart:"));
      blocks.push_back(items_block(lossy_utf8(lines)));
    }
  }
}

}  // namespace

Json run_page(const RunHeading& heading, const BenchRecord& record, ModeColours& colours) {
  const auto& [plan, sources, source_bytes, result] = record;
  const std::string conditions = conditions_text(plan, sources, result);
  Json summary = Json::array();
  Json sections = Json::array();
  if (result.disagreement) {
    add_lines(summary, disagreement_text(plan, *result.disagreement), Look::note);
  } else {
    const Summary figures = summarise(plan, result);
    add_lines(summary, shortfall_text(plan, result), Look::note);
    if (!figures.modes.empty()) {
      summary.push_back(text_block(headline(plan, figures), Look::lead));
      summary.push_back(text_block(lossy_utf8(agreement_text(plan, result, figures.modes)), Look::faded));
      Json times = Json::array({times_chart(plan, figures, colours)});
      times.push_back(table_block("Modes", mode_cells(plan, figures.modes)));
      times.push_back(items_block(lossy_utf8(claims_text(plan, figures))));
      sections.push_back(section("times", "Which mode is fastest", std::move(times)));
      add_seconds(sections, record, figures);
      add_timeline(sections, result);
    }
  }
  add_problems(sections, bench_problems(result));
  add_environment(sections, result.environment, conditions);
  return run_json(heading, std::move(summary), std::move(sections));
}

Json run_page(const RunHeading& heading, const SweepRecord& record, ModeColours& colours) {
  const SweepResult& result = record.result;
  Json summary = Json::array();
  Json sections = Json::array();
  if (result.disagreement) {
    add_lines(summary, disagreement_text(record, *result.disagreement), Look::note);
  } else {
    add_lines(summary, shortfall_text(record), Look::note);
    if (const std::string evidence = agreement_text(record); !evidence.empty()) {
      const SweepSummary figures = summarise_sweep(record.plan, result);
      summary.push_back(text_block(lossy_utf8(evidence), Look::faded));
      Json curves = sweep_curve_blocks(record, figures, colours);
      add_crossovers(curves, record, figures);
      curves.push_back(table_block("All points", point_cells(record, figures)));
      sections.push_back(section("curves", "Seconds a source", std::move(curves)));
      if (Json scaling = scaling_blocks(record, figures, colours); !scaling.empty()) {
        sections.push_back(section("scaling", "Scaling", std::move(scaling)));
      }
    }
  }
  add_problems(sections, sweep_problems(record));
  add_environment(sections, result.environment, conditions_text(record));
  return run_json(heading, std::move(summary), std::move(sections));
}

}  // namespace labday
