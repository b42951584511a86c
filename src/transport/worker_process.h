// A process that executes tasks for this one, and the socket to it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/function_ref.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "transport/child_process.h"

namespace labday {

/// fork: a copy of this process, as long as it has one thread. spawn: labday executes itself again.
enum class StartMethod : std::uint8_t { fork, spawn };

/// The only argument of a worker that is spawned, and where it finds its socket. main() looks for it before
/// anything else: `if (argc == 2 && argv[1] == kWorkerArgument) return serve_as_worker(kWorkerSocket);`
inline constexpr std::string_view kWorkerArgument = "--worker";
inline constexpr int kWorkerSocket = 3;

/// Owns the process and this end of its socket; the destructor kills and reaps it. The worker's end is open
/// in the worker alone, so that the socket hangs up as soon as the worker is dead, however it died. To be
/// used from one thread, the main thread (see ChildProcess).
class WorkerProcess {
 public:
  /// `body` gets the worker's end. Of the parent's descriptors those of other WorkerProcesses are closed
  /// before; what else the worker does not need, `body` closes.
  [[nodiscard]] static Result<WorkerProcess> fork(FunctionRef<int(int socket)> body);

  /// This program, with kWorkerArgument; standard input is /dev/null, standard output and error are shared.
  [[nodiscard]] static Result<WorkerProcess> spawn();

  WorkerProcess(WorkerProcess&& other) noexcept = default;
  WorkerProcess& operator=(WorkerProcess&& other) noexcept;
  ~WorkerProcess() { forget_socket(); }

  [[nodiscard]] int socket() const { return socket_.get(); }
  [[nodiscard]] ChildProcess& process() { return process_; }

 private:
  WorkerProcess(ChildProcess process, UniqueFd socket);
  void forget_socket();

  UniqueFd socket_;
  ChildProcess process_;
};

}  // namespace labday
