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
  wire_duration(a, result.start), wire_duration(a, result.wall), a(result.workers), a(result.note);
  auto& totals = result.totals;
  wire_counts(a, totals.renditions), wire_counts(a, totals.sources);
  a(totals.warnings), a(totals.bytes_read), a(totals.bytes_written), a(totals.pixels), a(totals.error_count);
  for (auto& time : totals.stage_times) wire_duration(a, time);
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
  } else {
    error = read_wire_error(in);
  }
  if (!in.ok() || !in.at_end()) return fail(damaged());
  if (!succeeded) return fail(std::move(error));
  return result;
}

}  // namespace labday
