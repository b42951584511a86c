#include "report/run_files.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "report/notebook.h"

namespace labday {
namespace {
namespace fs = std::filesystem;

bool is_run(const fs::path& file) {
  const std::string number = file.stem().string();
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return file.extension() == ".json" && std::all_of(number.begin(), number.end(), is_digit) &&
         read_run_summary(file.string()).header.unix_time > 0;
}

/// Its page is made when the first run has ended; until then a run tells.
bool is_notebook(const fs::path& folder) {
  std::error_code error;
  if (folder.filename() == kNotebookFolder || fs::exists(folder / "NOTEBOOK.md", error)) return true;
  for (fs::directory_iterator entry(folder / "runs", error), end; !error && entry != end;
       entry.increment(error)) {
    if (is_run(entry->path())) return true;
  }
  return false;
}

bool is_among_runs(const fs::path& file) {
  for (fs::path folder = file.parent_path(); folder.has_relative_path(); folder = folder.parent_path()) {
    if (folder.filename() == "runs" && is_notebook(folder.parent_path())) return true;
  }
  return false;
}

}  // namespace

Result<void> check_outside_runs(const std::string& file) {
  std::error_code error;
  const fs::path path = fs::absolute(file, error);
  // A link among the runs is replaced, and one that leads there is followed.
  const fs::path place = fs::weakly_canonical(path.parent_path(), error) / path.filename();
  if (!is_among_runs(place) && !is_among_runs(fs::weakly_canonical(path, error))) return {};
  return fail(
      Stage::plan, ErrorCode::usage, file,
      "this is within the runs of a notebook, to which only runs and notes are added: choose another place");
}

}  // namespace labday
