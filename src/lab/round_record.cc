#include "lab/round_record.h"

#include <algorithm>
#include <utility>

namespace labday {
namespace {

/// The part of [begin, end) before `cut`, and the part behind.
std::pair<Nanoseconds, Nanoseconds> parts(Nanoseconds begin, Nanoseconds end, Nanoseconds cut) {
  const Nanoseconds before = std::clamp(cut - begin, Nanoseconds(0), std::max(end - begin, Nanoseconds(0)));
  return {before, std::max(end - begin, Nanoseconds(0)) - before};
}

/// The part of a span of joined waits that was idle, in proportion.
Nanoseconds share(const IdleSpan& span, Nanoseconds part) {
  if (span.end <= span.begin) return Nanoseconds(0);
  const double of_span =
      static_cast<double>(part.count()) / static_cast<double>((span.end - span.begin).count());
  return Nanoseconds(static_cast<Nanoseconds::rep>(of_span * static_cast<double>(span.idle.count())));
}

/// The time in [begin, end) in which every worker was in a span that is idle throughout.
Nanoseconds all_idle(const std::vector<WorkerRecord>& workers, Nanoseconds begin, Nanoseconds end) {
  std::vector<std::pair<Nanoseconds, int>> changes;
  for (const WorkerRecord& worker : workers) {
    for (const IdleSpan& span : *worker.idle) {
      const Nanoseconds from = std::max(span.begin, begin);
      const Nanoseconds to = std::min(span.end, end);
      if (to <= from || span.idle < span.end - span.begin) continue;
      changes.emplace_back(from, 1);
      changes.emplace_back(to, -1);
    }
  }
  std::sort(changes.begin(), changes.end());
  Nanoseconds total{0};
  int idle = 0;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    if (idle == static_cast<int>(workers.size())) total += changes[i].first - changes[i - 1].first;
    idle += changes[i].second;
  }
  return total;
}

}  // namespace

std::size_t RoundRecord::rows() const {
  std::size_t count = task_rows.size() + worker_rows.size();
  for (const WorkerRecord& worker : worker_rows) count += worker.idle ? worker.idle->size() : 0;
  return count;
}

void RoundRecord::drop_rows() {
  task_rows.clear();
  worker_rows.clear();
}

void RecordCollector::add(const TaskResult& result) {
  if (!result.record) return;
  const TaskRecord& task = *result.record;
  ++record_.tasks;
  record_.given_out = std::max(record_.given_out, task.queued);
  for (std::size_t stage = 0; stage < record_.wall.size(); ++stage) {
    record_.wall[stage] += result.stage_times[stage];
    record_.cpu[stage] += task.cpu[stage];
  }
  record_.in_tasks += task.ended - task.started;
  record_.longest_task = std::max(record_.longest_task, task.ended - task.started);
  record_.handing += task.handing;
  record_.bytes_read += result.bytes_read;
  record_.bytes_written += result.bytes_written;
  record_.bytes_handed += task.bytes_handed;

  const auto index = static_cast<std::size_t>(task.worker);
  if (places_.size() <= index) places_.resize(index + 1);
  Place& place = places_[index];
  if (!place.used) place.first_started = task.started;
  if (place.used) place.gaps += std::max(task.started - place.last_ended, Nanoseconds(0));
  place.used = true;
  place.last_ended = std::max(place.last_ended, task.ended);
  keep_row(result);
}

void RecordCollector::keep_row(const TaskResult& result) {
  if ((record_.tasks - 1) % record_.row_stands_for != 0) return;
  auto& rows = record_.task_rows;
  rows.push_back({result.task, *result.record, result.stage_times, result.bytes_read, result.bytes_written});
  if (rows.size() <= kMostTaskRows) return;
  record_.row_stands_for *= 2;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < rows.size(); i += 2) rows[kept++] = rows[i];
  rows.resize(kept);
}

RoundRecord RecordCollector::finish(Nanoseconds begin, Nanoseconds end, RunRecord run) {
  record_.floating = !run.workers.empty() && std::all_of(run.workers.begin(), run.workers.end(),
                                                         [](const auto& w) { return w.idle.has_value(); });
  if (record_.floating) {
    see_idle_of_threads(run.workers, begin, end);
  } else {
    see_idle_of_tasks(begin, end);
  }
  record_.helpers = run.helpers;
  for (WorkerRecord& worker : run.workers) {
    record_.made += worker.made;
    record_.making += worker.making;
    record_.ending += worker.ending;
    labday::add(record_.workers, worker.kernel);
    if (!worker.idle) continue;
    for (IdleSpan& span : *worker.idle) span.begin -= begin, span.end -= begin;
  }
  record_.given_out = std::max(record_.given_out - begin, Nanoseconds(0));
  for (TaskRow& row : record_.task_rows) {
    row.record.queued -= begin, row.record.started -= begin, row.record.ended -= begin;
  }
  if (run.workers.size() > kMostWorkerRows) run.workers.resize(kMostWorkerRows);
  for (WorkerRecord& worker : run.workers) {
    if (worker.idle) limit_spans(*worker.idle, kMostIdleRows / run.workers.size());
  }
  record_.worker_rows = std::move(run.workers);
  return std::move(record_);
}

void RecordCollector::see_idle_of_tasks(Nanoseconds begin, Nanoseconds end) {
  for (const Place& place : places_) {
    if (!place.used) continue;
    ++record_.workers_used;
    const auto [before, after] = parts(place.last_ended, end, record_.given_out);
    record_.idle_before += std::max(place.first_started - begin, Nanoseconds(0)) + place.gaps + before;
    record_.idle_after += after;
  }
}

void RecordCollector::see_idle_of_threads(const std::vector<WorkerRecord>& workers, Nanoseconds begin,
                                          Nanoseconds end) {
  const Nanoseconds cut = std::max(record_.given_out, begin);
  for (const WorkerRecord& worker : workers) {
    for (const IdleSpan& span : *worker.idle) {
      const auto [before, after] = parts(std::max(span.begin, begin), std::min(span.end, end), cut);
      record_.idle_before += share(span, before);
      record_.idle_after += share(span, after);
    }
  }
  record_.workers_used = workers.size();
  record_.all_idle_after = all_idle(workers, cut, end);
}

}  // namespace labday
