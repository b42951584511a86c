#include "lab/recorded_costs.h"

#include <algorithm>
#include <map>

namespace labday {
namespace {

std::size_t at(Stage stage) { return static_cast<std::size_t>(stage); }

/// A wait for a core that is part of a wait for a file cannot be told from it in a single task; it is taken
/// out of all in proportion.
double share_of_file_waits(const RoundRecord& record) {
  double files = 0;
  double computing = 0;
  for (const Stage stage : {Stage::read, Stage::write})
    files += to_seconds(record.wall[at(stage)] - record.cpu[at(stage)]);
  for (const Stage stage : {Stage::decode, Stage::resize, Stage::encode}) {
    computing += to_seconds(record.wall[at(stage)] - record.cpu[at(stage)]);
  }
  if (files <= 0 || !record.workers.run_delay) return 1;
  const double more = std::max(0.0, to_seconds(*record.workers.run_delay) - computing);
  return std::clamp(1 - more / files, 0.0, 1.0);
}

TaskCost cost_of(const TaskRow& row, const Scheduling& scheduling, double files_share, double other) {
  const auto cpu = [&](Stage stage) { return to_seconds(row.record.cpu[at(stage)]); };
  const auto wait = [&](Stage stage) {
    return std::max(0.0, to_seconds(row.wall[at(stage)] - row.record.cpu[at(stage)])) * files_share;
  };
  TaskCost cost;
  cost.serial = cpu(Stage::read) + cpu(Stage::decode) + to_seconds(row.record.handing) + other;
  cost.parallel = cpu(Stage::resize) + cpu(Stage::encode) + cpu(Stage::write);
  cost.read_wait = wait(Stage::read);
  cost.write_wait = wait(Stage::write);
  // Renditions of a source are written beside one another there, each while others compute.
  if (scheduling.inflight > 0) cost.write_wait /= std::max(1, row.task.last - row.task.first);
  cost.bytes = static_cast<double>(row.bytes_read + row.bytes_written);
  return cost;
}

Overheads overheads_of(const RoundRecord& record, const Scheduling& scheduling) {
  Overheads overheads;
  const auto tasks = static_cast<double>(std::max<std::uint64_t>(record.tasks, 1));
  const double idle = to_seconds(record.idle_before);
  if (record.floating) {
    if (scheduling.inflight == 0) overheads.start = idle / std::max(1, scheduling.at_once);
    return overheads;
  }
  const double making = to_seconds(record.making + record.ending);
  if (record.made > 0) overheads.make = making / static_cast<double>(record.made);
  overheads.gap = std::max(0.0, idle - making) / tasks;
  if (scheduling.processes && record.helpers.cpu)
    overheads.hand_out = to_seconds(*record.helpers.cpu) / tasks;
  return overheads;
}

}  // namespace

RecordedCosts recorded_costs(const RoundRecord& record, const Scheduling& scheduling) {
  RecordedCosts costs;
  costs.overheads = overheads_of(record, scheduling);
  const double files_share = scheduling.inflight > 0 ? 1 : share_of_file_waits(record);
  // Of a thread's CPU time what is in no stage, a task; of a process that is made for each task it is part of
  // making it.
  double other = 0;
  if (record.workers.cpu && record.made == 0 && record.tasks > 0) {
    double staged = to_seconds(record.handing);
    for (const Nanoseconds cpu : record.cpu) staged += to_seconds(cpu);
    other = std::max(0.0, to_seconds(*record.workers.cpu) - staged) / static_cast<double>(record.tasks);
  }
  std::map<std::uint32_t, SourceCosts> sources;
  std::uint32_t apart = 0;
  for (const TaskRow& row : record.task_rows) {
    const std::uint32_t key = record.row_stands_for > 1 ? apart++ : row.task.source;
    SourceCosts& source = sources[key];
    source.source = key;
    source.size = std::max(source.size, static_cast<double>(row.bytes_read));
    source.tasks.push_back(cost_of(row, scheduling, files_share, other));
  }
  for (auto& [key, source] : sources) costs.sources.push_back(std::move(source));
  return costs;
}

}  // namespace labday
