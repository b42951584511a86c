// Which version of the user's own files a run belongs to: months later the numbers in a notebook are only
// worth as much as the code or pictures beside it can be found again.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace labday {

struct GitState {
  std::optional<std::string> branch;  // none when detached
  std::optional<std::string> commit;  // in full; none before the first one
  bool dirty = false;                 // are there changes to tracked files that are not committed?
  bool operator==(const GitState&) const = default;
};

/// Where a notebook is if nothing else is said (report/notebook.h), in the current folder.
inline constexpr std::string_view kNotebookFolder = "labday-notebook";

/// Asks the `git` of the PATH about `folder`, for at most two seconds; it writes nothing. What labday itself
/// writes to the folder `notebook`, a path from `folder` or an absolute one, makes nothing dirty: every run
/// changes it. None where there is no git, no repository, one that git does not trust, or no answer in time.
[[nodiscard]] std::optional<GitState> read_git_state(const std::string& folder, const std::string& notebook);

/// The output of `git status --porcelain=v2 --branch`; none if it is not that.
[[nodiscard]] std::optional<GitState> parse_git_status(std::string_view text);

}  // namespace labday
