#include "report/notebook.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <set>
#include <thread>

#include "pipeline/temporaries.h"
#include "support/notebooks.h"
#include "support/temp_folder.h"

namespace labday {
namespace {

using testing::bench_run;
using testing::header_of;
using testing::sweep_run;
using testing::TempFolder;

Notebook make_notebook(const TempFolder& folder) {
  Result<Notebook> notebook = Notebook::create(folder / "notebook");
  EXPECT_TRUE(notebook.has_value());
  return *notebook;
}

int add(const Notebook& notebook, const std::string& text) {
  const Result<int> number = notebook.add_run(text);
  EXPECT_TRUE(number.has_value());
  return number.value_or(0);
}

std::vector<RunSummary> listed(const Notebook& notebook) {
  Result<std::vector<RunSummary>> list = notebook.list();
  EXPECT_TRUE(list.has_value());
  return list.value_or(std::vector<RunSummary>{});
}

TEST(Notebook, GivesRunsTheNextNumberAndAFileOfTheirOwn) {
  const TempFolder folder;
  const Notebook notebook = make_notebook(folder);
  EXPECT_EQ(add(notebook, bench_run(header_of("First"))), 1);
  EXPECT_EQ(add(notebook, bench_run(header_of("Second"))), 2);
  EXPECT_EQ(folder.files(), (std::vector<std::string>{"notebook/.gitattributes", "notebook/runs/0001.json",
                                                      "notebook/runs/0002.json"}));
  EXPECT_EQ(notebook.run_path(2), folder / "notebook/runs/0002.json");
  EXPECT_EQ(listed(notebook).back().number, 2);
}

TEST(Notebook, NeverGivesANumberThatANoteOfALostRunHas) {
  const TempFolder folder;
  const Notebook notebook = make_notebook(folder);
  folder.write("notebook/runs/0007-note-1.md", "Of a run that somebody removed.\n");
  EXPECT_EQ(add(notebook, bench_run(header_of("Next"))), 8);
  EXPECT_TRUE(listed(notebook).front().added_notes.empty());
}

TEST(Notebook, GoesOnBehindNineThousandNineHundredAndNinetyNine) {
  const TempFolder folder;
  const Notebook notebook = make_notebook(folder);
  folder.write("notebook/runs/9999.json", bench_run(header_of("Last with four digits")));
  EXPECT_EQ(add(notebook, bench_run(header_of("First with five"))), 10000);
  const auto list = listed(notebook);
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list[1].number, 10000);
  EXPECT_EQ(list[1].header.title, "First with five");
}

TEST(Notebook, GivesEveryoneOfManyAtOnceANumber) {
  constexpr int kWriters = 8;
  constexpr int kRuns = 12;
  const TempFolder folder;
  const Notebook notebook = make_notebook(folder);
  std::vector<std::vector<int>> numbers(kWriters);
  std::vector<std::thread> writers;
  for (int writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([&, writer] {
      for (int i = 0; i < kRuns; ++i) {
        numbers[static_cast<std::size_t>(writer)].push_back(
            add(notebook, bench_run(header_of(std::to_string(writer)))));
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  std::set<int> all;
  const auto list = listed(notebook);
  ASSERT_EQ(list.size(), static_cast<std::size_t>(kWriters * kRuns));
  for (int writer = 0; writer < kWriters; ++writer) {
    for (const int number : numbers[static_cast<std::size_t>(writer)]) {
      EXPECT_TRUE(all.insert(number).second) << number;
      EXPECT_EQ(list[static_cast<std::size_t>(number - 1)].header.title, std::to_string(writer));
    }
  }
}

TEST(Notebook, ListsWhatARunIsWithoutReadingAllOfIt) {
  const TempFolder folder;
  const Notebook notebook = make_notebook(folder);
  std::string text = bench_run(header_of("Averages", "Ten rounds."));
  text.replace(text.find("\n  \"results\""), std::string::npos, "\n  \"results\": no JSON at all }\n");
  add(notebook, text);
  add(notebook, sweep_run(header_of("More files")));
  const auto list = listed(notebook);
  ASSERT_EQ(list.size(), 2U);
  EXPECT_FALSE(list[0].damage.has_value());
  EXPECT_EQ(list[0].kind, RunKind::bench);
  EXPECT_EQ(list[0].header.title, "Averages");
  EXPECT_EQ(list[0].header.unix_time, 1'700'000'000);
  EXPECT_EQ(list[0].notes(), std::vector<std::string>{"Ten rounds."});
  EXPECT_EQ(list[0].state, RunState::finished);
  EXPECT_EQ(list[0].git->branch, "main");
  ASSERT_EQ(list[0].means.size(), 2U);
  EXPECT_EQ(list[0].means[1].mode, "threads:workers=2");
  EXPECT_EQ(list[0].means[1].place, 1);
  EXPECT_EQ(list[1].kind, RunKind::sweep);
  EXPECT_EQ(list[1].sources, 8U);
  const auto run = notebook.run(1);
  ASSERT_FALSE(run.has_value()) << "whoever wants all of it is told";
  EXPECT_EQ(run.error().code, ErrorCode::corrupt);
  EXPECT_EQ(run.error().path, notebook.run_path(1));
}

TEST(Notebook, ReadsARunThatAnotherProgramHasLaidOut) {
  const TempFolder folder;
  const Notebook notebook = make_notebook(folder);
  add(notebook, nlohmann::json::parse(bench_run(header_of("Sorted keys"))).dump());
  const auto list = listed(notebook);
  ASSERT_EQ(list.size(), 1U);
  ASSERT_FALSE(list[0].damage.has_value());
  EXPECT_EQ(list[0].header.title, "Sorted keys");
  EXPECT_EQ(list[0].means.size(), 2U);
  EXPECT_TRUE(notebook.run(1).has_value());
}

TEST(Notebook, GivesBackWholeRunsOfBothKinds) {
  const TempFolder folder;
  const Notebook notebook = make_notebook(folder);
  add(notebook, bench_run(header_of("Bench")));
  add(notebook, sweep_run(header_of("Sweep")));
  const auto bench = notebook.run(1);
  ASSERT_TRUE(bench.has_value());
  EXPECT_EQ(std::get<BenchRecord>(bench->recorded).result.modes.size(), 2U);
  const auto sweep = notebook.run(2);
  ASSERT_TRUE(sweep.has_value());
  EXPECT_EQ(sweep->summary.number, 2);
  EXPECT_EQ(std::get<SweepRecord>(sweep->recorded).plan.modes.size(), 3U);
  const Error none = notebook.run(3).error();
  EXPECT_EQ(none.code, ErrorCode::usage);
  EXPECT_EQ(none.detail, "the notebook has no run 3; `labday notebook` lists them");
}

TEST(Notebook, NamesADamagedRunAndListsTheOthers) {
  const std::string whole = bench_run(header_of("Whole"));
  std::string later = whole;
  later.replace(later.find("bench/1"), 7, "bench/9");
  std::string other = whole;
  other.replace(other.find("\"ended\": \"rounds\""), 17, "\"ended\": 12345678");
  const std::vector<std::string> damaged{
      "",    whole.substr(0, whole.size() / 2), "{}",  whole.substr(0, 300),
      later, std::string(1000, '\0'),           other, "[1, {}"};
  for (const std::string& text : damaged) {
    const TempFolder folder;
    const Notebook notebook = make_notebook(folder);
    folder.write("notebook/runs/0001.json", whole);
    folder.write("notebook/runs/0002.json", text);
    folder.write("notebook/runs/0003.json", whole);
    const auto list = listed(notebook);
    ASSERT_EQ(list.size(), 3U);
    ASSERT_TRUE(list[1].damage.has_value()) << text.substr(0, 40);
    EXPECT_EQ(list[1].damage->path, notebook.run_path(2));
    EXPECT_FALSE(list[1].damage->detail.empty());
    EXPECT_EQ(list[1].damage->detail.find("json.exception"), std::string::npos);
    EXPECT_EQ(notebook.run(2).error().detail.find("json.exception"), std::string::npos);
    EXPECT_EQ(list[0].header.title, "Whole");
    EXPECT_EQ(list[2].header.title, "Whole");
    EXPECT_FALSE(notebook.run(2).has_value());
    EXPECT_EQ(add(notebook, whole), 4) << "its number stays its own";
  }
}

TEST(Notebook, SaysOfARunOfALaterVersionThatALaterOneReadsIt) {
  const TempFolder folder;
  const Notebook notebook = make_notebook(folder);
  std::string later = bench_run(header_of("Later"));
  later.replace(later.find("bench/1"), 7, "bench/2");
  folder.write("notebook/runs/0001.json", later);
  const Error damage = listed(notebook).front().damage.value();
  EXPECT_EQ(damage.code, ErrorCode::usage) << "it is not damaged: nothing is to be saved anew";
  EXPECT_EQ(
      damage.detail,
      "the schema is labday.bench/2, and this version of labday reads labday.bench/1 and labday.sweep/1; a "
      "later labday reads it");
  EXPECT_EQ(notebook.run(1).error().detail, damage.detail);
}

TEST(Notebook, NamesARunByItsNumberAndItsTitle) {
  RunSummary summary;
  summary.number = 5;
  EXPECT_EQ(run_title(summary), "Run 5");
  summary.header.title = "Averages";
  EXPECT_EQ(run_title(summary), "Run 5 - Averages");
}

TEST(Notebook, TellsGitHowToMergeItUnlessTheUserHas) {
  const TempFolder folder;
  make_notebook(folder);
  EXPECT_EQ(testing::read_text(folder / "notebook/.gitattributes"),
            "NOTEBOOK.md merge=union\nruns/* -merge\n");
  folder.write("notebook/.gitattributes", "* text\n");
  make_notebook(folder);
  EXPECT_EQ(testing::read_text(folder / "notebook/.gitattributes"), "* text\n");
}

TEST(Notebook, PassesOverWhatIsNoRun) {
  const TempFolder folder;
  const Notebook notebook = make_notebook(folder);
  for (const char* name : {"1.json", "0001.json~", "0001-note-1.txt", "0001-note-x.md", "0000.json",
                           "-001.json", "README.md", "0001-note-01.md", "99999999999999.json"}) {
    folder.write(std::string("notebook/runs/") + name, "not labday's");
  }
  EXPECT_TRUE(listed(notebook).empty());
  EXPECT_EQ(add(notebook, bench_run(header_of("First"))), 1);
}

TEST(Notebook, KeepsNotesInTheirOrderAndLeavesTheRunAlone) {
  const TempFolder folder;
  const Notebook notebook = make_notebook(folder);
  const std::string text = bench_run(header_of("Averages", "The first."));
  add(notebook, text);
  std::vector<std::string> wanted{"The first."};
  for (int i = 2; i <= 12; ++i) {
    wanted.push_back("Note " + std::to_string(i) + "\n\nof *two* paragraphs.");
    ASSERT_TRUE(notebook.add_note(1, wanted.back() + "\n").has_value());
  }
  EXPECT_EQ(listed(notebook).front().notes(), wanted);
  EXPECT_EQ(notebook.run(1)->summary.notes(), wanted);
  EXPECT_EQ(testing::read_text(notebook.run_path(1)), text);
  const Result<void> lost = notebook.add_note(2, "Of nothing.");
  ASSERT_FALSE(lost.has_value());
  EXPECT_EQ(lost.error().code, ErrorCode::usage);
}

TEST(Notebook, TellsWhetherAnUnfinishedRunIsStillGoingOn) {
  RunHeader header = header_of("Unfinished");
  header.writer = this_writer().text();
  EXPECT_EQ(run_state(Ended::not_yet, header), RunState::going_on);
  WriterId dead = this_writer();
  ++dead.start;  // the number of this process, at another time
  header.writer = dead.text();
  EXPECT_EQ(run_state(Ended::not_yet, header), RunState::interrupted);
  header.writer = "nonsense";
  EXPECT_EQ(run_state(Ended::not_yet, header), RunState::interrupted);
  EXPECT_EQ(run_state(Ended::cancelled, header), RunState::interrupted);
  EXPECT_EQ(run_state(Ended::disagreement, header), RunState::disagreement);
  EXPECT_EQ(run_state(Ended::time, header), RunState::finished);
}

TEST(Notebook, RemovesWhatAKilledWriterLeftAndNothingElse) {
  const TempFolder folder;
  const Notebook notebook = make_notebook(folder);
  WriterId dead = this_writer();
  ++dead.start;
  folder.write("notebook/runs/" + temporary_name(dead, 3), "half a run");
  const std::string living = "notebook/runs/" + temporary_name(this_writer(), 1'000'000);
  folder.write(living, "being written");
  add(notebook, bench_run(header_of("Next")));
  EXPECT_EQ(folder.files(),
            (std::vector<std::string>{"notebook/.gitattributes", living, "notebook/runs/0001.json"}));
}

TEST(Notebook, ThatIsNotThereIsAnErrorThatSaysHowToBeginOne) {
  const TempFolder folder;
  const Result<Notebook> notebook = Notebook::open(folder / "nowhere");
  ASSERT_FALSE(notebook.has_value());
  EXPECT_EQ(notebook.error().code, ErrorCode::not_found);
  EXPECT_NE(notebook.error().detail.find("bench --title"), std::string::npos);
  folder.write("file", "in the way");
  EXPECT_FALSE(Notebook::create(folder / "file").has_value());
}

}  // namespace
}  // namespace labday
