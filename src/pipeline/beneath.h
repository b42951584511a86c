// Folders below the output folder, made and opened through no link. Whoever may write to the output folder
// could otherwise put a link there and have files appear, change and vanish somewhere else. One component
// after the other is opened in the one before it, so that nothing is looked up twice; that costs no more
// calls than openat2() for the folders that there mostly are, and works on every kernel and in every ring.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "pipeline/file_steps.h"

namespace labday {

enum class Missing : std::uint8_t { refuse, make };

/// Opens (O_PATH) the folder that `name` is in, i.e. all of it up to its last slash, below the folder `root`;
/// none where `name` is in `root` itself. ErrorCode::linked_folder where a component is a link. With
/// Missing::make, folders that were not there are appended to `made`, outermost first, also where it fails;
/// one that vanishes again at once is not_found. An error's path is that of `name`,
/// `root_path` being what it shows for `root`. All is borrowed.
[[nodiscard]] FileSteps<Result<UniqueFd>> open_parent_steps(int root, const std::string& root_path,
                                                            const std::string& name, Missing missing,
                                                            std::vector<std::string>& made);

/// The same at once, and of an output folder by its path: the folder `below` it, or itself where that is
/// empty. Links in `output_folder` are the user's and are followed.
[[nodiscard]] Result<UniqueFd> open_beneath(const std::string& output_folder, std::string_view below);

/// Removes folders that open_parent_steps() made, the last one first, up to one that others have filled
/// since.
[[nodiscard]] FileSteps<bool> remove_folders_steps(int root, const std::vector<std::string>& made);

/// What follows the last slash.
[[nodiscard]] inline std::string last_component(const std::string& name) {
  return name.substr(name.rfind('/') + 1);
}

}  // namespace labday
