// The notebook: a folder with one file a run, to which runs and notes are added and of which nothing is
// changed.
//
//   labday-notebook/
//     NOTEBOOK.md              all runs for a reader; made anew from the files below (notebook_page.h)
//     runs/0005.json           run 5: what `bench --json` or `sweep --json` writes, and a key `notebook`
//     runs/0005-note-1.md      a note that was added later: Markdown, as it was typed
//     .gitattributes           how git merges these
//
// A number belongs to whoever creates the file of that name first, so any number of processes add runs at
// once. No file of runs/ is written by two of them, none lists the others, and no run holds its own number:
// in git two branches with different numbers merge, but for the page, of which git keeps the lines of both
// until it is rendered; where both have a run of one number, git keeps one file and says so, and the other
// one gets another number (docs/notebook.md). Notes have files of their own because a run may still be going
// on while one is added, and because what was measured is not rewritten.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "lab/git_state.h"
#include "report/recorded.h"
#include "report/run_header.h"

namespace labday {

inline constexpr int kMostRuns = 10'000'000;

/// How far a run is.
enum class RunState : std::uint8_t {
  finished,
  going_on,      // the labday that is at it lives
  interrupted,   // it was stopped, or killed; what it had finished by then is there
  disagreement,  // the modes wrote different files, and no time is shown
};
/// `finished`, `going on`, …
[[nodiscard]] std::string_view name(RunState state);
[[nodiscard]] RunState run_state(Ended ended, const RunHeader& header);

struct ModeMean {
  std::string mode;
  double mean_seconds = 0;
  std::optional<int> place;
};

/// What a list says of a run.
struct RunSummary {
  int number = 0;
  std::string path;             // of its JSON
  std::optional<Error> damage;  // why it cannot be read; then all below but for `added_notes` is blank
  RunKind kind = RunKind::bench;
  RunHeader header;
  std::vector<std::string> added_notes;  // in the order in which they were added
  RunState state = RunState::finished;
  std::optional<GitState> git;  // of the folder that the user worked in
  std::vector<ModeMean> means;  // of a bench, in the order of its plan; empty for a sweep
  std::uint64_t sources = 0;

  /// The note that it began with, and those that were added.
  [[nodiscard]] std::vector<std::string> notes() const;
};

/// `Run 5 - Averages`, or `Run 5` where it has no title.
[[nodiscard]] std::string run_title(const RunSummary& summary);

struct Run {
  RunSummary summary;
  Recorded recorded;
};

/// Thread-safe: it holds nothing but a path. Errors name the file; those of all functions are of the system,
/// unless they say more.
class Notebook {
 public:
  /// not_found where there is none.
  [[nodiscard]] static Result<Notebook> open(const std::string& folder);
  /// Makes it where it is missing, with its parents. An error where no run could be added.
  [[nodiscard]] static Result<Notebook> create(const std::string& folder);

  [[nodiscard]] const std::string& folder() const { return folder_; }
  /// `labday-notebook/runs/0005.json`, whether it is there or not.
  [[nodiscard]] std::string run_path(int number) const;
  [[nodiscard]] std::string page_path() const { return folder_ + "/NOTEBOOK.md"; }

  /// All runs by number. Reads the beginning of each file; one that is damaged is listed as such.
  [[nodiscard]] Result<std::vector<RunSummary>> list() const;

  /// A whole run. usage where it does not exist or a later version wrote it, corrupt where it is damaged.
  [[nodiscard]] Result<Run> run(int number) const;

  /// Creates the file of a run with this text, under the next number, which is returned. Removes what writers
  /// that were killed have left behind.
  [[nodiscard]] Result<int> add_run(const std::string& text) const;

  /// usage where there is no such run.
  [[nodiscard]] Result<void> add_note(int number, const std::string& text) const;

 private:
  explicit Notebook(std::string folder) : folder_(std::move(folder)) {}
  struct Files;
  [[nodiscard]] Result<Files> files() const;
  [[nodiscard]] std::vector<std::string> read_notes(int number, const Files& files) const;
  [[nodiscard]] std::string runs_folder() const { return folder_ + "/runs"; }
  [[nodiscard]] std::string note_path(int number, int note) const;

  std::string folder_;
};

/// What a run's file says of it; `number` is 0, and no notes are added.
[[nodiscard]] RunSummary read_run_summary(const std::string& path);

}  // namespace labday
