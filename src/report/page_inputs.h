// What a page is to be made of: runs of a notebook and of files, and their history.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "report/page_runs.h"

namespace labday {

struct PageInputs {
  std::vector<RunOfPage> runs;
  std::vector<HistoryRun> history;  // of the notebook; of the files, where no run of the notebook is wanted
};

/// `numbers` are runs of the notebook in the folder `notebook`, whose other runs come with them: all of them
/// are read when the page is made. Without numbers there need not be a notebook. `files` are what --json
/// wrote; as they may be large, each is read once. Errors name the run or the file that cannot be read.
[[nodiscard]] Result<PageInputs> page_inputs(const std::string& notebook, std::vector<int> numbers,
                                             const std::vector<std::string>& files);

}  // namespace labday
