#include "report/page.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "report/history_chart.h"
#include "report/page_blocks.h"
#include "report/page_runs.h"
#include "report/run_page.h"
#include "report/timeline_chart.h"
#include "support/recorded_experiment.h"
#include "support/sweeps.h"

namespace labday {
namespace {

using testing::FixedExperiment;
using testing::recorded_experiment;

BenchRecord record_of(FixedExperiment fixed) { return bench_record(fixed.plan, std::move(fixed.result)); }

constexpr PageShell kShell{"<script type=\"application/json\">", "</script>", ""};

Json page_of_run(const RunHeading& heading, const BenchRecord& record) {
  ModeColours colours;
  return run_page(heading, record, colours);
}

/// What a browser hands to the script: all up to the first thing that ends the element.
Json read_back(const std::string& html) {
  const std::size_t begin = kShell.before.size();
  const std::size_t end = html.find("</");
  EXPECT_EQ(html.substr(end), kShell.after);
  return Json::parse(html.substr(begin, end - begin));
}

std::vector<std::string> section_ids(const Json& run) {
  std::vector<std::string> ids;
  for (const Json& section : run.at("sections")) ids.push_back(section.at("id"));
  return ids;
}

std::vector<Json> charts_in(const Json& blocks) {
  std::vector<Json> found;
  for (const Json& block : blocks) {
    if (block.at("kind") == "chart") found.push_back(block);
    if (block.at("kind") != "choice") continue;
    for (const Json& option : block.at("options")) {
      for (Json& chart : charts_in(option.at("blocks"))) found.push_back(std::move(chart));
    }
  }
  return found;
}

std::vector<Json> charts_of(const Json& run) {
  std::vector<Json> found;
  for (const Json& section : run.at("sections")) {
    for (Json& chart : charts_in(section.at("blocks"))) found.push_back(std::move(chart));
  }
  return found;
}

/// The data that layers name, at any depth.
void collect_names(const Json& spec, std::set<std::string>& names) {
  if (!spec.is_structured()) return;
  if (spec.is_object() && spec.contains("data")) names.insert(spec.at("data").at("name").get<std::string>());
  for (const auto& [key, value] : spec.items()) collect_names(value, names);
}

void expect_charts_have_their_data(const std::vector<Json>& charts) {
  for (const Json& chart : charts) {
    std::set<std::string> used;
    collect_names(chart.at("spec"), used);
    std::set<std::string> given;
    for (const auto& [name, table] : chart.at("data").items()) {
      given.insert(name);
      for (const Json& row : table.at("rows")) EXPECT_EQ(row.size(), table.at("columns").size()) << name;
    }
    EXPECT_EQ(used, given) << chart.at("title");
  }
}

TEST(Page, HoldsItsDataBetweenTheTwoPartsOfTheShell) {
  const Json run = page_of_run({"run.json", "", {"A note."}}, record_of(recorded_experiment()));
  const Json data = read_back(page_html(kShell, {{run}, 0, {}, {"Left out."}}));
  EXPECT_EQ(data.at("schema"), "labday.page/1");
  EXPECT_EQ(data.at("notes"), Json::array({"Left out."}));
  EXPECT_EQ(data.at("runs").at(0), run);
}

TEST(Page, HostileTextCannotLeaveItsString) {
  const std::string hostile =
      "</script><script>alert(1)</script><!--\xe2\x80\xa8\xff\"\\\n<img src=x onerror=alert(1)>";
  FixedExperiment fixed = recorded_experiment();
  fixed.plan.modes[1] = fixed.result.modes[1].mode = hostile;
  fixed.result.environment.git = GitState{hostile, hostile, true};
  fixed.result.environment.scratch_file_system = hostile;
  fixed.result.reference.errors = {{Stage::decode, ErrorCode::corrupt, "photos/" + hostile, "it is odd"}};
  fixed.result.reference.error_count = 1;
  const BenchRecord record = record_of(std::move(fixed));
  const std::string html = page_html(kShell, {{page_of_run({hostile, "", {hostile}}, record)}, 0, {}, {}});
  for (const char c : html) ASSERT_EQ(static_cast<unsigned char>(c) & 0x80U, 0U) << "ASCII alone";
  const std::string data =
      html.substr(kShell.before.size(), html.size() - kShell.before.size() - kShell.after.size());
  EXPECT_EQ(data.find('<'), std::string::npos);
  const Json run = read_back(html).at("runs").at(0);
  EXPECT_EQ(run.at("label"), printable(hostile));
}

TEST(RunPage, OfABenchHasASectionForEachQuestion) {
  const Json run = page_of_run({"run.json", "", {}}, record_of(recorded_experiment()));
  EXPECT_EQ(section_ids(run),
            (std::vector<std::string>{"times", "seconds", "findings", "timeline", "environment"}));
  EXPECT_EQ(run.at("summary").at(0).at("text").get<std::string>().substr(0, 37),
            "threads:workers=2 is fastest: 4.04 s ");
  const std::vector<Json> charts = charts_of(run);
  EXPECT_EQ(charts.size(), 4U) << "times, seconds, and a timeline a mode";
  expect_charts_have_their_data(charts);
}

TEST(RunPage, EveryRoundIsADot) {
  const Json run = page_of_run({"run.json", "", {}}, record_of(recorded_experiment()));
  const Json rounds = charts_of(run).front().at("data").at("rounds");
  EXPECT_EQ(rounds.at("rows").size(), 6U);
  EXPECT_EQ(rounds.at("rows").at(4), Json::array({"threads:workers=2", 2, 4.1, "no"}));
}

TEST(RunPage, RoundsKeepTheirNumbersBehindOneThatFailed) {
  FixedExperiment fixed = recorded_experiment();
  fixed.result.modes[1].rounds[0].reset();
  const Json run = page_of_run({"run.json", "", {}}, record_of(std::move(fixed)));
  const Json rows = charts_of(run).front().at("data").at("rounds").at("rows");
  EXPECT_EQ(rows.size(), 5U);
  EXPECT_EQ(rows.at(3), Json::array({"threads:workers=2", 2, 4.1, "no"}));
}

TEST(RunPage, SecondsByCauseAddUpToWallTimesWorkers) {
  const Json run = page_of_run({"run.json", "", {}}, record_of(recorded_experiment()));
  const Json data = charts_of(run).at(1).at("data");
  for (const Json& whole : data.at("whole").at("rows")) {
    double sum = 0;
    for (const Json& part : data.at("parts").at("rows")) {
      if (part.at(0) == whole.at(0)) sum += part.at(3).get<double>();
    }
    EXPECT_NEAR(sum, whole.at(1).get<double>(), 1e-4) << whole.at(0);
  }
}

TEST(RunPage, AfterADisagreementNoTimeIsShown) {
  FixedExperiment fixed = recorded_experiment();
  fixed.result.disagreement = Disagreement{"threads:workers=2", 1, {Difference::Kind::differs, "a-120.png"}};
  const Json run = page_of_run({"run.json", "", {}}, record_of(std::move(fixed)));
  EXPECT_EQ(section_ids(run), (std::vector<std::string>{"environment"}));
  EXPECT_EQ(run.at("summary").at(0).at("look"), "note");
  EXPECT_NE(run.dump().find("a-120.png"), std::string::npos);
}

TEST(RunPage, WithoutRecordsItSaysWhyNothingIsKnownOfTheSeconds) {
  const Json run = page_of_run({"run.json", "", {}}, record_of(testing::fixed_experiment()));
  EXPECT_EQ(section_ids(run), (std::vector<std::string>{"times", "seconds", "environment"}));
  EXPECT_NE(run.dump().find("--no-records"), std::string::npos);
}

TEST(RunPage, OfASweepHasCurvesCrossoversAndLaws) {
  const SweepRecord record = testing::crossing_sweep();
  ModeColours colours;
  const Json run = run_page({"sweep.json", "", {}}, record, colours);
  EXPECT_EQ(section_ids(run), (std::vector<std::string>{"curves", "scaling", "environment"}));
  const std::vector<Json> charts = charts_of(run);
  // 2 sizes × 2 workers, 3 numbers of sources × 2 workers, 3 × 2 sizes; and a chart of laws for each of the 6
  // jobs.
  EXPECT_EQ(charts.size(), 4U + 6U + 6U + 6U);
  expect_charts_have_their_data(charts);
  // One worker, full size: `fast` overtakes `base` at 10 sources.
  bool seen = false;
  for (const Json& chart : charts) {
    if (!chart.at("data").contains("crossings")) continue;
    for (const Json& row : chart.at("data").at("crossings").at("rows")) {
      seen = seen || (row.at(3) == "fast overtakes base" && std::abs(row.at(0).get<double>() - 10) < 0.5);
    }
  }
  EXPECT_TRUE(seen);
}

TEST(RunPage, BeginsWithWhatTheRunIsAndWithItsNotesAsTheyWereTyped) {
  const std::string note = "Two things:\n- one\n  * deeper\n\n- two";
  const Json run = page_of_run({"Run 5", "bench of 2026-05-12 14:03, interrupted", {note}},
                               record_of(recorded_experiment()));
  EXPECT_EQ(run.at("summary").at(0).at("text"), "bench of 2026-05-12 14:03, interrupted");
  EXPECT_EQ(run.at("summary").at(1), text_block(note, Look::typed));
}

TEST(RunPage, OfAKilledRunSaysHowFarItWas) {
  FixedExperiment fixed = recorded_experiment();
  fixed.result.ended = Ended::not_yet;
  fixed.result.verified_rounds = 5;
  const Json bench = page_of_run({"run.json", "", {}}, record_of(std::move(fixed)));
  EXPECT_EQ(bench.at("summary").at(0),
            text_block("Unfinished when it was saved, after 5 of 6 rounds.", Look::note));
  SweepRecord record = testing::crossing_sweep();
  record.result.ended = Ended::not_yet;
  ModeColours colours;
  const std::string sweep = run_page({"sweep.json", "", {}}, record, colours).at("summary").at(0).at("text");
  EXPECT_TRUE(sweep.starts_with("Unfinished when it was saved, after ")) << sweep;
}

TEST(Timeline, SaysWhatItLeavesOut) {
  FixedExperiment fixed = recorded_experiment();
  RoundRecord& record = *fixed.result.modes[0].rounds[2]->record;  // the one of median time
  record.task_rows.resize(kMostTimelineTasks + 100);
  for (std::size_t i = 0; i < record.task_rows.size(); ++i) {
    record.task_rows[i].record.started = std::chrono::milliseconds(i);
    record.task_rows[i].record.ended = std::chrono::milliseconds(i + 1);
  }
  record.tasks = 1000;
  const Json blocks = timeline_blocks(fixed.result);
  EXPECT_EQ(blocks.at(1).at("about"),
            "Of 500 tasks the first 400 are shown. 500 of 1,000 tasks are shown; the record holds no more.");
  EXPECT_EQ(blocks.at(1).at("data").at("tasks").at("rows").size(), kMostTimelineTasks);
  EXPECT_FALSE(blocks.at(2).contains("about"));
}

TEST(History, NeedsTwoRunsAndShowsTheLastOnes) {
  std::vector<HistoryRun> runs{{"Run 1", 1, 10, "one", {{"blocking", 2.0}}}};
  ModeColours colours;
  EXPECT_TRUE(history_chart(runs, colours).is_null());
  for (int number = 2; number <= 300; ++number)
    runs.push_back(
        {"Run " + std::to_string(number), number, 10, "one", {{"blocking", 2.0}, {"threads", 1.0}}});
  const Json chart = history_chart(runs, colours);
  EXPECT_EQ(chart.at("data").at("points").at("rows").size(), 2 * kMostHistoryRuns);
  EXPECT_NE(chart.at("about").get<std::string>().find("Of 300 runs the last 200 are shown."),
            std::string::npos);
}

TEST(History, JoinsOnlyRunsOfOneJob) {
  const std::vector<HistoryRun> runs{{"Run 1", 1, 10, "one", {{"blocking", 2.0}}},
                                     {"Run 2", 2, 10, "other", {{"blocking", 9.0}}},
                                     {"Run 3", 3, 10, "one", {{"blocking", 2.1}}}};
  ModeColours colours;
  const Json chart = history_chart(runs, colours);
  const Json& columns = chart.at("data").at("points").at("columns");
  const std::string of_line = chart.at("spec").at("layer").at(0).at("encoding").at("detail").at("field");
  const auto place =
      static_cast<std::size_t>(std::find(columns.begin(), columns.end(), of_line) - columns.begin());
  const Json& rows = chart.at("data").at("points").at("rows");
  EXPECT_EQ(rows.at(0).at(place), rows.at(2).at(place));
  EXPECT_NE(rows.at(0).at(place), rows.at(1).at(place));
}

RunOfPage run_of(const std::string& label, bool wanted, const BenchRecord& record) {
  RunOfPage run;
  run.heading.label = label;
  run.wanted = wanted;
  run.read = [record]() -> Result<Recorded> { return record; };
  return run;
}

TEST(PageRuns, TheFirstWantedRunIsShownAndTheOthersCanBeSwitchedTo) {
  const BenchRecord record = record_of(recorded_experiment());
  const auto content =
      page_of({run_of("1", false, record), run_of("2", true, record), run_of("3", true, record)}, {});
  ASSERT_TRUE(content.has_value());
  ASSERT_EQ(content->runs.size(), 3U);
  EXPECT_EQ(content->shown, 1U);
  EXPECT_EQ(content->runs[2].at("label"), "3");
  EXPECT_TRUE(content->notes.empty());
}

/// By label, the colours that the scales of a chart give, at any depth of its spec.
void collect_colours(const Json& spec, std::map<std::string, std::set<std::string>>& colours) {
  if (!spec.is_structured()) return;
  if (spec.is_object() && spec.contains("domain") && spec.contains("range")) {
    for (std::size_t i = 0; i < spec.at("domain").size(); ++i) {
      if (spec.at("range").at(i).is_string()) colours[spec.at("domain").at(i)].insert(spec.at("range").at(i));
    }
  }
  for (const auto& [key, value] : spec.items()) collect_colours(value, colours);
}

TEST(PageRuns, AModeHasOneColourOnTheWholePage) {
  const BenchRecord first = record_of(recorded_experiment());
  FixedExperiment other = testing::fixed_experiment();
  std::swap(other.plan.modes[0], other.plan.modes[1]);
  std::swap(other.result.modes[0], other.result.modes[1]);
  const std::vector<HistoryRun> history{{"1", 1, 10, "one", {{"async", 3.0}, {"threads:workers=2", 2.0}}},
                                        {"2", 2, 10, "one", {{"blocking", 9.0}}}};
  const auto content =
      page_of({run_of("1", false, record_of(std::move(other))), run_of("2", true, first)}, history);
  ASSERT_TRUE(content.has_value());
  std::map<std::string, std::set<std::string>> colours;
  collect_colours(charts_of(content->runs.at(0)).front().at("spec"), colours);
  collect_colours(charts_of(content->runs.at(1)).front().at("spec"), colours);
  collect_colours(content->common.at(0), colours);
  EXPECT_EQ(colours.at("blocking"), std::set<std::string>{"var(--m1)"}) << "of the run that is shown";
  EXPECT_EQ(colours.at("threads:workers=2"), std::set<std::string>{"var(--m2)"});
  EXPECT_EQ(colours.at("async"), std::set<std::string>{"var(--m3)"});
}

TEST(PageRuns, ADamagedRunIsNamedAndSkippedUnlessItWasAskedFor) {
  const BenchRecord record = record_of(recorded_experiment());
  RunOfPage damaged;
  damaged.heading.label = "1";
  damaged.read = []() -> Result<Recorded> {
    return fail(Stage::plan, ErrorCode::corrupt, "runs/0001.json", "this is no JSON");
  };
  const auto content = page_of({damaged, run_of("2", true, record)}, {});
  ASSERT_TRUE(content.has_value());
  EXPECT_EQ(content->runs.size(), 1U);
  ASSERT_EQ(content->notes.size(), 1U);
  EXPECT_NE(content->notes[0].find("runs/0001.json"), std::string::npos);
  damaged.wanted = true;
  EXPECT_FALSE(page_of({damaged}, {}).has_value());
}

TEST(PageRuns, OlderRunsAreLeftOutBeforeThePageBecomesTooLarge) {
  const BenchRecord record = record_of(recorded_experiment());
  const std::size_t one = page_bytes(page_of_run({"run", "", {}}, record));
  std::vector<RunOfPage> runs(kMostRunBytes / one + 20, run_of("run", false, record));
  runs.front() = run_of("first", true, record);
  const auto content = page_of(runs, {});
  ASSERT_TRUE(content.has_value());
  EXPECT_EQ(content->shown, 0U);
  EXPECT_EQ(content->runs[0].at("label"), "first");
  EXPECT_LE(page_html(kShell, *content).size(), kMostRunBytes + 10'000);
  ASSERT_EQ(content->notes.size(), 1U);
  EXPECT_NE(content->notes[0].find("older runs of the notebook are not on this page"), std::string::npos);
}

}  // namespace
}  // namespace labday
