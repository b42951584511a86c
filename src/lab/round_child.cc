#include <fcntl.h>
#include <sys/socket.h>

#include <cerrno>
#include <exception>
#include <new>

#include "lab/round.h"
#include "lab/round_execution.h"
#include "lab/round_wire.h"
#include "pipeline/posix_io.h"
#include "transport/frame.h"

namespace labday {
namespace {

/// A mode that was made, and what it works on. The members are destroyed from the last to the first.
struct Execution {
  RoundRequest request;
  std::unique_ptr<Io> io;
  std::unique_ptr<Mode> mode;
};

Result<RoundResult> execute(Execution& execution) {
  Result<std::unique_ptr<PosixIo>> io = PosixIo::open(execution.request.job.output_folder);
  if (!io) return fail(std::move(io.error()));
  execution.io = std::move(*io);
  return execute_round(execution.request, *execution.io, execution.mode);
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
