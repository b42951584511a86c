#include "report/lanes.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>

#include "base/text.h"
#include "report/wording.h"

namespace labday {

std::string Lane::title() const {
  return number == 0 ? fmt::format("worker {}", worker + 1)
                     : fmt::format("worker {}, lane {}", worker + 1, number + 1);
}

std::vector<Lane> lanes_of(const RoundRecord& record) {
  struct Packing {
    std::vector<Lane> lanes;
    std::vector<Nanoseconds> free_from;
  };
  std::map<int, Packing> workers;
  for (const WorkerRecord& worker : record.worker_rows) workers[worker.worker];
  const std::vector<TaskRow>& rows = record.task_rows;
  std::vector<std::size_t> by_time(rows.size());
  std::iota(by_time.begin(), by_time.end(), std::size_t{0});
  std::stable_sort(by_time.begin(), by_time.end(), [&](std::size_t a, std::size_t b) {
    return rows[a].record.started < rows[b].record.started;
  });
  for (const std::size_t place : by_time) {
    const TaskRecord& task = rows[place].record;
    auto& [lanes, free_from] = workers[task.worker];
    const auto free = std::find_if(free_from.begin(), free_from.end(),
                                   [&](Nanoseconds from) { return from <= task.started; });
    const auto lane = static_cast<std::size_t>(free - free_from.begin());
    if (lane == lanes.size()) {
      lanes.push_back({task.worker, static_cast<int>(lane), {}});
      free_from.emplace_back();
    }
    lanes[lane].tasks.push_back(place);
    free_from[lane] = std::max(task.started, task.ended);
  }
  std::vector<Lane> all;
  for (auto& [worker, packing] : workers) {
    if (packing.lanes.empty()) packing.lanes.push_back({worker, 0, {}});
    std::move(packing.lanes.begin(), packing.lanes.end(), std::back_inserter(all));
  }
  return all;
}

std::vector<IdleSpan> waits_of(const WorkerRecord& worker) {
  std::vector<IdleSpan> waits;
  if (!worker.idle) return waits;
  for (IdleSpan wait : *worker.idle) {
    wait.begin = std::max(wait.begin, Nanoseconds(0));
    if (wait.end <= wait.begin) continue;
    wait.idle = std::min(wait.idle, wait.end - wait.begin);
    waits.push_back(wait);
  }
  return waits;
}

std::array<std::optional<Span>, kStageCount> stage_spans(const TaskRow& row) {
  const Nanoseconds began = row.record.started;
  const Nanoseconds whole = std::max(Nanoseconds(0), row.record.ended - began);
  Nanoseconds sum{0};
  for (const Nanoseconds time : row.wall) sum += std::max(Nanoseconds(0), time);
  const double scale =
      sum > whole ? static_cast<double>(whole.count()) / static_cast<double>(sum.count()) : 1.0;
  std::array<std::optional<Span>, kStageCount> spans;
  Nanoseconds so_far{0};
  for (std::size_t stage = 0; stage < spans.size(); ++stage) {
    // Each end is that of the sum up to it, so that rounding never leads out of the task.
    const auto end_of = [&](Nanoseconds time) {
      return std::min(whole,
                      Nanoseconds(static_cast<std::int64_t>(scale * static_cast<double>(time.count()))));
    };
    const Nanoseconds begin = end_of(so_far);
    so_far += std::max(Nanoseconds(0), row.wall.at(stage));
    if (const Nanoseconds end = end_of(so_far); end > begin)
      spans.at(stage) = Span{began + begin, began + end};
  }
  return spans;
}

std::string task_title(const Task& task) {
  const int first = task.first + 1;
  const int last = task.last;
  return first == last ? fmt::format("source {}, rendition {}", task.source + 1, first)
                       : fmt::format("source {}, renditions {} to {}", task.source + 1, first, last);
}

std::string left_out_of(const RoundRecord& record) {
  if (record.task_rows.size() >= record.tasks) return "";
  return fmt::format("{} of {} are shown; the record holds no more", with_commas(record.task_rows.size()),
                     counted(record.tasks, "task"));
}

}  // namespace labday
