#include "report/page_inputs.h"

#include <gtest/gtest.h>

#include "report/notebook.h"
#include "report/wording.h"
#include "support/notebooks.h"
#include "support/temp_folder.h"

namespace labday {
namespace {

using testing::bench_run;
using testing::fixed_experiment;
using testing::FixedExperiment;
using testing::header_of;
using testing::sweep_run;
using testing::TempFolder;

/// A finished bench, one that was killed, one of another job, and a sweep.
std::string make_notebook(const TempFolder& folder) {
  const Result<Notebook> notebook = Notebook::create(folder / "kept");
  FixedExperiment killed = fixed_experiment();
  killed.result.ended = Ended::not_yet;
  FixedExperiment other = fixed_experiment();
  other.plan.job.renditions[0].scale = {160, 0};
  for (const std::string& text :
       {bench_run(header_of("First", "A note.")), bench_run(header_of("Killed"), killed),
        bench_run(header_of("Other"), other), sweep_run(header_of("Sweep"))}) {
    EXPECT_TRUE(notebook->add_run(text).has_value());
  }
  return folder / "kept";
}

TEST(PageInputs, RunsOfANotebookComeWithTheOthersAndSayWhatTheyAre) {
  const TempFolder folder;
  const auto inputs = page_inputs(make_notebook(folder), {2}, {});
  ASSERT_TRUE(inputs.has_value());
  ASSERT_EQ(inputs->runs.size(), 4U);
  const std::string date = date_text(header_of("").unix_time);
  EXPECT_EQ(inputs->runs[0].heading.label, "Run 1 - First");
  EXPECT_EQ(inputs->runs[0].heading.about, "bench of " + date);
  EXPECT_EQ(inputs->runs[0].heading.notes, std::vector<std::string>{"A note."});
  EXPECT_EQ(inputs->runs[1].heading.about, "bench of " + date + ", interrupted");
  EXPECT_EQ(inputs->runs[3].heading.about, "sweep of " + date);
  EXPECT_FALSE(inputs->runs[0].wanted);
  EXPECT_TRUE(inputs->runs[1].wanted);
  EXPECT_TRUE(inputs->runs[3].read().has_value());
}

TEST(PageInputs, TheHistoryTellsJobsApart) {
  const TempFolder folder;
  const auto inputs = page_inputs(make_notebook(folder), {1}, {});
  ASSERT_TRUE(inputs.has_value());
  ASSERT_EQ(inputs->history.size(), 3U) << "a sweep has no single time";
  EXPECT_FALSE(inputs->history[0].job.empty());
  EXPECT_EQ(inputs->history[0].job, inputs->history[1].job);
  EXPECT_NE(inputs->history[0].job, inputs->history[2].job) << "the same sources, other renditions";
}

TEST(PageInputs, FilesSayWhatTheyAreAndHaveAHistoryOfTheirOwn) {
  const TempFolder folder;
  FixedExperiment fixed = fixed_experiment();
  folder.write("whole.json", bench_json(bench_record(fixed.plan, fixed.result)));
  fixed.result.ended = Ended::not_yet;
  folder.write("killed.json", bench_json(bench_record(fixed.plan, fixed.result)));
  folder.write("dated.json", bench_run(header_of("First")));
  const std::vector<std::string> files{folder / "whole.json", folder / "killed.json", folder / "dated.json"};
  const auto inputs = page_inputs("no-notebook", {}, files);
  ASSERT_TRUE(inputs.has_value());
  ASSERT_EQ(inputs->runs.size(), 3U);
  EXPECT_EQ(inputs->runs[0].heading.about, "bench");
  EXPECT_EQ(inputs->runs[1].heading.about, "bench, unfinished");
  EXPECT_EQ(inputs->runs[2].heading.about, "bench of " + date_text(header_of("").unix_time));
  ASSERT_EQ(inputs->history.size(), 3U);
  EXPECT_EQ(inputs->history[0].job, inputs->history[2].job);
  const auto beside = page_inputs(make_notebook(folder), {1}, files);
  ASSERT_TRUE(beside.has_value());
  EXPECT_EQ(beside->runs.size(), 7U);
  EXPECT_EQ(beside->history.size(), 3U) << "of the notebook alone";
}

TEST(PageInputs, ARunThatIsNotThereIsNamed) {
  const TempFolder folder;
  const auto inputs = page_inputs(make_notebook(folder), {1, 9}, {});
  ASSERT_FALSE(inputs.has_value());
  EXPECT_EQ(inputs.error().code, ErrorCode::usage);
  EXPECT_NE(inputs.error().detail.find("run 9"), std::string::npos);
}

}  // namespace
}  // namespace labday
