#include "report/page_runs.h"

#include <fmt/format.h>

#include <map>

#include "base/text.h"
#include "lab/summary.h"
#include "report/page_blocks.h"
#include "report/wording.h"

namespace labday {

Result<PageContent> page_of(const std::vector<RunOfPage>& runs, const std::vector<HistoryRun>& history) {
  PageContent content;
  ModeColours colours;
  std::map<std::size_t, Json> pages;  // by place in the list
  std::size_t bytes = 0;
  const auto add = [&](std::size_t place, const Recorded& recorded) {
    Json page = std::visit([&](const auto& record) { return run_page(runs[place].heading, record, colours); },
                           recorded);
    const std::size_t more = page_bytes(page);
    if (!runs[place].wanted && bytes + more > kMostRunBytes) return false;
    bytes += more;
    pages.emplace(place, std::move(page));
    return true;
  };

  std::size_t shown = runs.size();
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (!runs[i].wanted) continue;
    const Result<Recorded> recorded = runs[i].read();
    if (!recorded) return fail(recorded.error());
    add(i, *recorded);
    shown = std::min(shown, i);
  }
  if (Json chart = history_chart(history, colours); !chart.is_null()) {
    content.common.push_back(section("history", "From run to run", Json::array({std::move(chart)})));
    bytes += page_bytes(content.common.back());
  }
  std::size_t left_out = 0;
  bool room = true;
  for (std::size_t i = runs.size(); i-- > 0;) {
    if (runs[i].wanted) continue;
    if (!room) {
      ++left_out;
      continue;
    }
    const Result<Recorded> recorded = runs[i].read();
    if (!recorded) {
      content.notes.push_back(fmt::format("Left out: {}", to_line(recorded.error())));
    } else if (!add(i, *recorded)) {
      room = false;
      ++left_out;
    }
  }
  if (left_out > 0) {
    content.notes.push_back(fmt::format(
        "{} of the notebook {} not on this page, which would become larger than 2 MB: ask for one by its "
        "number.",
        counted(left_out, "older run"), left_out == 1 ? "is" : "are"));
  }
  for (auto& [place, page] : pages) {
    if (place == shown) content.shown = content.runs.size();
    content.runs.push_back(std::move(page));
  }
  return content;
}

std::vector<HistoryPoint> history_points(const Recorded& recorded) {
  std::vector<HistoryPoint> points;
  if (const auto* bench = std::get_if<BenchRecord>(&recorded)) {
    for (const ModeSummary& mode : summarise(bench->plan, bench->result).modes)
      points.push_back({mode.mode, mode.mean_seconds});
  }
  return points;
}

}  // namespace labday
