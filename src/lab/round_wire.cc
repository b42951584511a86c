#include "lab/round_wire.h"

#include "base/wire.h"
#include "pipeline/job_wire.h"
#include "pipeline/wire_fields.h"

namespace labday {
namespace {

Error damaged() {
  return {Stage::plan, ErrorCode::corrupt, {}, "a message between the processes of a round is damaged"};
}

// One list of fields for both directions, as in pipeline/wire_fields.h.
template <class Archive, class R>
void result_fields(Archive& a, R& result) {
  wire_duration(a, result.start), wire_duration(a, result.wall), wire_duration(a, result.cpu);
  a(result.workers), a(result.note);
  auto& totals = result.totals;
  wire_counts(a, totals.renditions), wire_counts(a, totals.sources);
  a(totals.warnings), a(totals.bytes_read), a(totals.bytes_written), a(totals.pixels), a(totals.error_count);
  for (auto& time : totals.stage_times) wire_duration(a, time);
}

template <class Archive, class K>
void kernel_fields(Archive& a, K& kernel) {
  wire_optional(a, kernel.cpu), wire_optional(a, kernel.run_delay), wire_optional(a, kernel.block_delay);
  wire_optional(a, kernel.voluntary_switches), wire_optional(a, kernel.involuntary_switches);
}

template <class Archive, class R>
void record_fields(Archive& a, R& record) {
  a(record.tasks), wire_duration(a, record.given_out);
  for (auto& time : record.wall) wire_duration(a, time);
  for (auto& time : record.cpu) wire_duration(a, time);
  wire_duration(a, record.in_tasks), wire_duration(a, record.longest_task), wire_duration(a, record.handing);
  a(record.bytes_read), a(record.bytes_written), a(record.bytes_handed);
  a(record.workers_used), a(record.floating);
  wire_duration(a, record.idle_before), wire_duration(a, record.idle_after);
  wire_duration(a, record.all_idle_after);
  a(record.made), wire_duration(a, record.making), wire_duration(a, record.ending);
  kernel_fields(a, record.workers), kernel_fields(a, record.helpers);
  wire_optional(a, record.machine_busy), wire_optional(a, record.stolen), a(record.row_stands_for);
}

template <class Archive, class R>
void row_fields(Archive& a, R& row) {
  a(row.task.source), a(row.task.first), a(row.task.last);
  wire_record_fields(a, row.record);
  for (auto& time : row.wall) wire_duration(a, time);
  a(row.bytes_read), a(row.bytes_written);
}

template <class Archive, class W>
void worker_fields(Archive& a, W& worker) {
  a(worker.worker), a(worker.made), wire_duration(a, worker.making), wire_duration(a, worker.ending);
  kernel_fields(a, worker.kernel);
}

template <class Archive, class S>
void span_fields(Archive& a, S& span) {
  wire_duration(a, span.begin), wire_duration(a, span.end), wire_duration(a, span.idle);
}

void write_record(WireWriter& out, const RoundRecord& record) {
  record_fields(out, record);
  out.count(record.task_rows.size());
  for (const TaskRow& row : record.task_rows) row_fields(out, row);
  out.count(record.worker_rows.size());
  for (const WorkerRecord& worker : record.worker_rows) {
    worker_fields(out, worker);
    out(worker.idle.has_value());
    if (!worker.idle) continue;
    out.count(worker.idle->size());
    for (const IdleSpan& span : *worker.idle) span_fields(out, span);
  }
}

RoundRecord read_record(WireReader& in) {
  constexpr std::size_t kLeastRowBytes = 100;
  constexpr std::size_t kLeastWorkerBytes = 30;
  constexpr std::size_t kSpanBytes = 24;
  RoundRecord record;
  record_fields(in, record);
  in.require(record.row_stands_for > 0);
  record.task_rows.resize(in.count(kLeastRowBytes));
  for (TaskRow& row : record.task_rows) row_fields(in, row);
  record.worker_rows.resize(in.count(kLeastWorkerBytes));
  for (WorkerRecord& worker : record.worker_rows) {
    worker_fields(in, worker);
    bool known = false;
    in(known);
    if (!known) continue;
    worker.idle.emplace(in.count(kSpanBytes));
    for (IdleSpan& span : *worker.idle) span_fields(in, span);
  }
  return record;
}

}  // namespace

Bytes to_wire(const RoundRequest& request) {
  WireWriter out;
  out(request.mode), out(request.grain), out(request.workers);
  const Bytes job = to_wire(request.job);
  out(std::string(job.begin(), job.end()));
  return out.take();
}

Result<RoundRequest> round_request_from_wire(ByteView wire) {
  WireReader in(wire);
  RoundRequest request;
  std::string job;
  in(request.mode), in(request.grain), in(request.workers), in(job);
  in.check(request.grain, Grain::automatic);
  in.require(request.workers >= 1);
  if (!in.ok() || !in.at_end()) return fail(damaged());
  Result<Job> read = job_from_wire({reinterpret_cast<const std::uint8_t*>(job.data()), job.size()});
  if (!read) return fail(std::move(read.error()));
  request.job = std::move(*read);
  return request;
}

Bytes to_wire(const Result<RoundResult>& result) {
  WireWriter out;
  out(result.has_value());
  if (!result) {
    wire_error_fields(out, result.error());
    return out.take();
  }
  result_fields(out, *result);
  out.count(result->totals.errors.size());
  for (const Error& error : result->totals.errors) wire_error_fields(out, error);
  out(result->record.has_value());
  if (result->record) write_record(out, *result->record);
  return out.take();
}

Result<RoundResult> round_result_from_wire(ByteView wire) {
  WireReader in(wire);
  bool succeeded = false;
  in(succeeded);
  RoundResult result;
  Error error;
  if (succeeded) {
    result_fields(in, result);
    const std::size_t errors = in.count(kMinErrorWireBytes);
    for (std::size_t i = 0; i < errors && in.ok(); ++i) result.totals.errors.push_back(read_wire_error(in));
    bool recorded = false;
    in(recorded);
    if (recorded) result.record = read_record(in);
  } else {
    error = read_wire_error(in);
  }
  if (!in.ok() || !in.at_end()) return fail(damaged());
  if (!succeeded) return fail(std::move(error));
  return result;
}

}  // namespace labday
