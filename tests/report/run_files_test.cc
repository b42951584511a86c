#include "report/run_files.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "report/notebook.h"
#include "support/notebooks.h"
#include "support/temp_folder.h"

namespace labday {
namespace {

using testing::bench_run;
using testing::header_of;
using testing::TempFolder;

bool is_refused(const std::string& file) {
  const Result<void> checked = check_outside_runs(file);
  return !checked && checked.error().code == ErrorCode::usage && checked.error().path == file;
}

TEST(RunFiles, NothingElseIsWrittenAmongTheRunsOfANotebook) {
  const TempFolder folder;
  ASSERT_TRUE(Notebook::create(folder / "kept")->add_run(bench_run(header_of("First"))).has_value());
  EXPECT_TRUE(is_refused(folder / "kept/runs/0001.json"));
  EXPECT_TRUE(is_refused(folder / "kept/runs/0002.json"));
  EXPECT_TRUE(is_refused(folder / "kept/runs/../runs/./trace.json"));
  EXPECT_TRUE(is_refused(folder / "kept/runs/deeper/trace.json"));
  EXPECT_FALSE(is_refused(folder / "kept/report.html"));
  EXPECT_FALSE(is_refused(folder / "report.html"));
}

TEST(RunFiles, ANotebookIsKnownBeforeItHasARun) {
  const TempFolder folder;
  ASSERT_TRUE(Notebook::create(folder / std::string(kNotebookFolder)).has_value());
  EXPECT_TRUE(is_refused(folder / "labday-notebook/runs/0001.json"));
  folder.write("other/NOTEBOOK.md", "");
  EXPECT_TRUE(is_refused(folder / "other/runs/0001.json"));
}

TEST(RunFiles, LinksDoNotHideARun) {
  const TempFolder folder;
  ASSERT_TRUE(Notebook::create(folder / "kept")->add_run(bench_run(header_of("First"))).has_value());
  std::filesystem::create_symlink(folder / "kept/runs/0001.json", folder / "to-file.json");
  std::filesystem::create_directory_symlink(folder / "kept/runs", folder / "to-folder");
  EXPECT_TRUE(is_refused(folder / "to-file.json"));
  EXPECT_TRUE(is_refused(folder / "to-folder/0002.json"));
}

TEST(RunFiles, AFolderOfRunsThatIsNoNotebookTakesAnything) {
  const TempFolder folder;
  folder.write("mine/runs/0001.json", "{\"schema\": \"mine\"}\n");
  EXPECT_FALSE(is_refused(folder / "mine/runs/0001.json"));
  EXPECT_FALSE(is_refused(folder / "mine/runs/report.html"));
}

}  // namespace
}  // namespace labday
