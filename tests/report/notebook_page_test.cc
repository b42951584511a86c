#include "report/notebook_page.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>

#include "support/notebooks.h"
#include "support/temp_folder.h"

namespace labday {
namespace {

using testing::bench_run;
using testing::header_of;
using testing::sweep_run;
using testing::TempFolder;

class NotebookPage : public ::testing::Test {
 protected:
  NotebookPage() {
    ::setenv("TZ", "UTC", 1);
    ::tzset();
  }

  const TempFolder folder_;
  const Notebook notebook_ = *Notebook::create(folder_ / "notebook");

  std::string page(std::size_t damaged = 0) {
    const Result<PageOutcome> outcome = write_notebook_page(notebook_);
    EXPECT_TRUE(outcome.has_value());
    EXPECT_EQ(outcome->damaged.size(), damaged);
    return testing::read_text(notebook_.page_path());
  }
};

constexpr std::string_view kBeginning =
    "Lab notebook\n"
    "============\n"
    "\n"
    "<!-- labday makes this page anew from runs/; `labday notebook note N TEXT` adds to it. -->\n";

TEST_F(NotebookPage, HasTheShapeOfANotebookThatIsKeptByHand) {
  ASSERT_TRUE(
      notebook_.add_run(bench_run(header_of("Averages", "Ten rounds, for consistency."))).has_value());
  ASSERT_TRUE(notebook_.add_note(1, "Threads it is.").has_value());
  EXPECT_EQ(page(),
            std::string(kBeginning) +
                "\n"
                "# Run 1 - Averages\n"
                " - branch main\n"
                " - commit 0123456789abcdef0123456789abcdef01234567, with changes that were not committed\n"
                " - bench, 2023-11-14 22:13, Example CPU, labday 0.1.0\n"
                "\n"
                "```\n"
                "Running in blocking mode took 7.55 seconds (~0.13 minutes)\n"
                "Running in threads:workers=2 mode took 4.04 seconds (~0.07 minutes)\n"
                "```\n"
                "\n"
                "Ranking: 1. threads:workers=2; 2. blocking. Noise floor 0.6 %.\n"
                "\n"
                "## Notes\n"
                "Ten rounds, for consistency.\n"
                "\n"
                "Threads it is.\n");
}

TEST_F(NotebookPage, OfASweepShowsEveryPointAndWhereModesChangePlaces) {
  ASSERT_TRUE(notebook_.add_run(sweep_run(header_of("More files"))).has_value());
  const std::string text = page();
  EXPECT_NE(text.find("# Run 1 - More files\n"), std::string::npos);
  EXPECT_NE(text.find("\n4 sources at 0.5x, 1 worker\nRunning in base mode took 0.20 seconds"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("\n - 4 sources at 0.5x, 1 worker: 1. base; 2. fast; 3. slow."), std::string::npos);
  EXPECT_NE(text.find("\n - along sources, fast overtakes base at about "), std::string::npos);
}

TEST_F(NotebookPage, OfASweepThatWasKilledShowsWhatThereIs) {
  SweepRecord record = testing::crossing_sweep();
  record.result.ended = Ended::not_yet;
  ASSERT_TRUE(notebook_.add_run(sweep_run(header_of("Killed"), record)).has_value());
  const std::string text = page();
  EXPECT_NE(text.find("\n - interrupted\n"), std::string::npos);
  EXPECT_NE(text.find("Running in base mode took 0.20 seconds"), std::string::npos) << text;
}

TEST_F(NotebookPage, NamesADamagedRunKeepsItsNotesAndShowsTheOthers) {
  const std::string whole = bench_run(header_of("Whole"));
  std::string damaged = whole;
  damaged.replace(damaged.find("\"noise_floor\""), 13, "\"another_key\"");  // a list does not look at it
  for (const std::string& text : {whole, damaged, whole.substr(0, 100), whole}) {
    ASSERT_TRUE(notebook_.add_run(text).has_value());
  }
  ASSERT_TRUE(notebook_.add_note(3, "A pity.").has_value());
  const std::string text = page(2);
  EXPECT_NE(text.find("# Run 2 - Whole\n\nThis run cannot be read: "), std::string::npos) << text;
  EXPECT_NE(text.find("# Run 3\n\nThis run cannot be read: "), std::string::npos);
  EXPECT_NE(text.find("0003.json"), std::string::npos);
  EXPECT_NE(text.find("## Notes\nA pity.\n\n# Run 4 - Whole\n"), std::string::npos);
}

TEST_F(NotebookPage, AfterADisagreementShowsNoTime) {
  testing::FixedExperiment fixed = testing::fixed_experiment();
  fixed.result.disagreement = Disagreement{"threads:workers=2", 1, {Difference::Kind::differs, "a-120.png"}};
  fixed.result.ended = Ended::disagreement;
  ASSERT_TRUE(notebook_.add_run(bench_run(header_of("Wrong"), fixed)).has_value());
  const std::string text = page();
  EXPECT_NE(text.find("\n - the modes disagree: no time is shown\n"), std::string::npos);
  EXPECT_EQ(text.find("Running in"), std::string::npos);
}

TEST_F(NotebookPage, LetsNoTitleBreakOutOfItsLine) {
  ASSERT_TRUE(notebook_.add_run(bench_run(header_of("Two\nlines \x1b[31m"))).has_value());
  EXPECT_NE(page().find("# Run 1 - Two\\\\x0alines \\\\x1b\\[31m\n"), std::string::npos);
}

TEST_F(NotebookPage, ShowsATitleAsItWasTyped) {
  ASSERT_TRUE(
      notebook_.add_run(bench_run(header_of("<b> *a* _b_ [c](d) `e` #f \\g R&amp;D ~~h~~"))).has_value());
  EXPECT_NE(
      page().find("# Run 1 - \\<b> \\*a\\* \\_b\\_ \\[c](d) \\`e\\` \\#f \\\\g R\\&amp;D \\~\\~h\\~\\~\n"),
      std::string::npos)
      << page();
}

TEST_F(NotebookPage, ShowsAModeAsItIsCalled) {
  testing::FixedExperiment fixed = testing::fixed_experiment();
  fixed.plan.modes[1] = fixed.result.modes[1].mode = "a_b";
  for (auto& turn : fixed.result.order) {
    if (turn.mode != "blocking") turn.mode = "a_b";
  }
  ASSERT_TRUE(notebook_.add_run(bench_run(header_of("Modes"), fixed)).has_value());
  const std::string text = page();
  EXPECT_NE(text.find("Running in a_b mode took"), std::string::npos) << "code is not marked up";
  EXPECT_NE(text.find("Ranking: 1. a\\_b; 2. blocking."), std::string::npos) << text;
}

TEST_F(NotebookPage, LetsNoNoteSwallowTheRunsBehindIt) {
  ASSERT_TRUE(notebook_.add_run(bench_run(header_of("First", "Look:\n\n```\nint main() {\n"))).has_value());
  ASSERT_TRUE(notebook_.add_note(1, "1. <!-- never closed").has_value());
  ASSERT_TRUE(notebook_.add_run(bench_run(header_of("Second"))).has_value());
  EXPECT_NE(
      page().find("## Notes\n> Look:\n>\n> ```\n> int main() {\n>\n\n> 1. <!-- never closed\n\n# Run 2 - "
                  "Second\n"),
      std::string::npos)
      << page();
}

TEST_F(NotebookPage, QuotesANoteThatOpensHtmlWithinALine) {
  ASSERT_TRUE(
      notebook_.add_run(bench_run(header_of("First", "Fewer than 3 < 4, see <details> of it"))).has_value());
  EXPECT_NE(page().find("## Notes\n> Fewer than 3 < 4, see <details> of it\n"), std::string::npos) << page();
}

TEST_F(NotebookPage, ShowsTheControlCharactersOfANoteAndKeepsItsLines) {
  ASSERT_TRUE(notebook_.add_run(bench_run(header_of("Noted", "One\x1b[31m\r\n\n\t- *two*\x9b"))).has_value());
  EXPECT_TRUE(page().ends_with("## Notes\nOne\\x1b[31m\n\n\t- *two*\xEF\xBF\xBD\n")) << page();
}

}  // namespace
}  // namespace labday
