#include <fcntl.h>
#include <sys/socket.h>

#include <cerrno>
#include <exception>
#include <new>

#include "lab/round.h"
#include "lab/round_wire.h"
#include "modes/registry.h"
#include "pipeline/plan.h"
#include "pipeline/posix_io.h"
#include "transport/frame.h"

namespace labday {
namespace {

class TotalsSink final : public ResultSink {
 public:
  explicit TotalsSink(std::size_t source_count) : collector_(source_count) {}
  void deliver(TaskResult result) override { collector_.add(result); }
  [[nodiscard]] JobTotals totals() const { return collector_.totals(); }

 private:
  TotalsCollector collector_;
};

/// A mode that was made, and what it works on. The members are destroyed from the last to the first.
struct Execution {
  RoundRequest request;
  std::unique_ptr<Io> io;
  std::unique_ptr<Mode> mode;
};

Result<RoundResult> execute(Execution& execution) {
  const RoundRequest& request = execution.request;
  const Result<ModeSpec> spec = ModeSpec::parse(request.mode);
  if (!spec) return fail(spec.error());
  const Result<int> workers = spec->workers(request.workers);
  if (!workers) return fail(workers.error());
  Result<std::unique_ptr<PosixIo>> io = PosixIo::open(request.job.output_folder);
  if (!io) return fail(std::move(io.error()));
  execution.io = std::move(*io);
  const std::vector<Task> tasks = plan_tasks(request.job, request.grain, *workers);
  TotalsSink sink(request.job.sources.size());
  const CancelToken never;  // the parent kills this process instead
  Result<std::unique_ptr<Mode>> mode = make_mode(*spec, request.job, *execution.io, request.workers);
  if (!mode) return fail(std::move(mode.error()));
  execution.mode = std::move(*mode);

  RoundResult result;
  result.workers = *workers;
  const Clock::time_point begin = Clock::now();
  if (const Result<void> started = execution.mode->start(); !started) return fail(started.error());
  const Clock::time_point ready = Clock::now();
  if (const Result<void> ran = execution.mode->run(tasks, sink, never); !ran) return fail(ran.error());
  const Clock::time_point end = Clock::now();
  result.start = ready - begin;
  result.wall = end - ready;
  result.note = execution.mode->note();
  result.totals = sink.totals();
  return result;
}

Result<RoundResult> guarded_execute(Execution& execution) {
  try {
    return execute(execution);
  } catch (const std::bad_alloc&) {
    return fail(Stage::plan, ErrorCode::out_of_memory, {}, "no memory for the round");
  } catch (const std::exception& e) {
    return fail(Stage::plan, ErrorCode::internal, {}, e.what());
  }
}

void wait_for_end(int socket) {
  std::uint8_t byte = 0;
  while (::recv(socket, &byte, 1, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace

int run_round_child(int socket) {
  ::fcntl(socket, F_SETFD, FD_CLOEXEC);
  const Result<Bytes> wire = receive_frame(socket);
  if (!wire) return 2;  // started by hand, or the parent is gone
  Result<RoundRequest> request = round_request_from_wire(*wire);
  Execution execution;
  Result<RoundResult> result = fail(Error{});
  if (request) {
    execution.request = std::move(*request);
    result = guarded_execute(execution);
  } else {
    result = fail(std::move(request.error()));
  }
  if (!send_frame(socket, to_wire(result))) return 2;
  // The parent takes its last look at this process's memory before the mode is taken down.
  wait_for_end(socket);
  return 0;
}

}  // namespace labday
