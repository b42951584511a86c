// NOTEBOOK.md: all runs of a notebook for a reader, in the shape of a notebook that is kept by hand.
#pragma once

#include <vector>

#include "base/result.h"
#include "report/notebook.h"

namespace labday {

struct PageOutcome {
  int runs = 0;
  std::vector<Error> damaged;  // of the runs that cannot be read; the page names them, too
};

/// Makes the page anew from the runs and notes that are there. Of each run: `# Run 5 - Averages`, branch and
/// commit, the lines `Running in … mode took …`, ranking, findings, notes; of a damaged one that it is. Reads
/// the part of each file that this takes. Of several processes that do so at once the
/// last one has seen all runs.
[[nodiscard]] Result<PageOutcome> write_notebook_page(const Notebook& notebook);

}  // namespace labday
