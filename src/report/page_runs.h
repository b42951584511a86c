// Which runs a page holds: those that were asked for, and of the others of a notebook as many as there is
// room for.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "report/history_chart.h"
#include "report/page.h"
#include "report/recorded.h"
#include "report/run_page.h"

namespace labday {

struct RunOfPage {
  RunHeading heading;
  bool wanted = false;  // asked for: it is on the page, whatever that takes
  std::function<Result<Recorded>()> read;
};

/// Runs stand in the order of the list, and the first wanted one is shown. Of the others the last ones are
/// taken, until the page would become too large; how many are left out is said on the page, and so is a
/// damaged one. An error where a wanted one cannot be read. `history` may be empty.
[[nodiscard]] Result<PageContent> page_of(const std::vector<RunOfPage>& runs,
                                          const std::vector<HistoryRun>& history);

/// What of a run goes into the history; empty for a sweep, and after a disagreement.
[[nodiscard]] std::vector<HistoryPoint> history_points(const Recorded& recorded);

}  // namespace labday
