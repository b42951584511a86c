#include "pipeline/task_wire.h"

#include "pipeline/wire_fields.h"

namespace labday {
namespace {

template <class Archive, class T>
void task_fields(Archive& a, T& task) {
  a(task.source), a(task.first), a(task.last);
}

template <class Archive, class R>
void result_fields(Archive& a, R& result) {
  task_fields(a, result.task);
  wire_counts(a, result);
  a(result.warnings), a(result.bytes_read), a(result.bytes_written), a(result.pixels);
  for (auto& time : result.stage_times) wire_duration(a, time);
}

}  // namespace

void write_task(WireWriter& out, const Task& task) { task_fields(out, task); }

Task read_task(WireReader& in, std::size_t renditions) {
  Task task;
  task_fields(in, task);
  in.require(task.first < task.last && task.last <= renditions);
  return task;
}

void write_task_result(WireWriter& out, const TaskResult& result) {
  result_fields(out, result);
  out(result.record.has_value());
  if (result.record) wire_record_fields(out, *result.record);
  out.count(result.errors.size());
  for (const Error& error : result.errors) wire_error_fields(out, error);
}

TaskResult read_task_result(WireReader& in) {
  TaskResult result;
  result_fields(in, result);
  bool recorded = false;
  in(recorded);
  if (recorded) {
    TaskRecord& record = result.record.emplace();
    wire_record_fields(in, record);
    in.require(record.queued <= record.started && record.started <= record.ended && record.worker >= 0);
  }
  in.require(result.task.first < result.task.last);
  const std::uint64_t counted = std::uint64_t{result.done} + result.skipped + result.failed + result.not_done;
  in.require(counted == std::uint64_t{result.task.last} - result.task.first);
  const std::size_t errors = in.count(kMinErrorWireBytes);
  in.require((errors == 0) == (result.failed == 0) && errors <= result.failed);
  for (std::size_t i = 0; i < errors && in.ok(); ++i) result.errors.push_back(read_wire_error(in));
  return result;
}

}  // namespace labday
