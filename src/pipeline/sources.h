// Finds the sources that a user means by files, folders, globs and @lists.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "pipeline/job.h"

namespace labday {

struct FoundSources {
  std::vector<Source> sources;     // in the order of the arguments; within a folder sorted by bytes
  std::vector<Error> errors;       // arguments and folders that could not be read
  std::vector<std::string> lists;  // the files of @FILE arguments
};

/// An argument is a file (taken whatever its name), a folder (walked recursively for .jpg .jpeg .png in any
/// case), a glob, or @FILE, which holds such arguments, one a line or each ended by NUL. In a folder hidden
/// files, the output folder and `.labday*` are skipped; linked files are followed, linked folders not. A
/// source found twice under one output name is taken once. Never fails as a whole: what cannot be read is in
/// `errors`.
[[nodiscard]] FoundSources find_sources(std::span<const std::string> arguments,
                                        const std::string& output_folder);

}  // namespace labday
