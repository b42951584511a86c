// The worker's side of the process modes: takes tasks from a socket, executes them one after the other, and
// answers (transport/worker_messages.h). It never sends before it was asked and never waits for anything but
// its socket, so a parent that keeps reading cannot deadlock with it.
//
// With Job::sandbox (the parent has seen to it that it can be had) it enters the sandbox when it is told its
// first job, before anything of a source has come near it.
#pragma once

#include <memory>

#include "base/clock.h"
#include "base/function_ref.h"
#include "base/result.h"
#include "pipeline/io.h"
#include "pipeline/job.h"

namespace labday {

/// What a worker executes a job with; asked once a job, and let go with it. `brokered`: the Io of a worker
/// that is in a sandbox and has no other way to files; nullptr where it is in none.
using WorkerIo = FunctionRef<Result<std::shared_ptr<Io>>(const Job& job, std::shared_ptr<Io> brokered)>;

/// Serves `socket` until the parent closes it; returns the exit status. SIGINT, SIGTERM and SIGHUP, which a
/// terminal or a service manager sends to a whole group, are ignored: the parent decides.
[[nodiscard]] int serve_tasks(int socket, WorkerIo open_io);

/// main() of a worker that was spawned: says Hello, opens the output folder of each job by itself, and ends,
/// too, when it had no job for kWorkerPatience.
[[nodiscard]] int serve_as_worker(int socket);

/// The same with another Io.
[[nodiscard]] int serve_as_worker(int socket, WorkerIo open_io);

inline constexpr Nanoseconds kWorkerPatience = std::chrono::seconds(10);

}  // namespace labday
