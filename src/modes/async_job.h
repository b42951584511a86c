// How the mode `async` executes a job: the stages of run_task(), composed as coroutines that await each of
// them. A group of sources, and in each source a group of its renditions; a group ends when all in it have.
//
//   run() ─ source() ┬ read ─ decode ┬ rendition() ─ resize+encode ─ write ─ … ─ publish
//                    │               └ rendition() …
//                    └ …
//
// The tasks of one source share its decode, at either grain. Errors are values, of their own rendition or of
// all tasks of their source. Cancellation is looked at after every wait: whoever has not begun ends at once,
// whoever has a file half-way gives it up, and everyone is waited for.
//
// Knows neither threads nor the ring, only the three seams of AsyncParts: a test drives them by hand.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/cancel.h"
#include "modes/async_io.h"
#include "modes/mode.h"
#include "pipeline/outcome.h"
#include "transport/async_group.h"
#include "transport/thread_pool.h"

namespace labday {

struct AsyncParts {
  Executor& executor;
  WorkQueue& workers;  // decode, resize and encode
  AsyncIo& io;
};

/// What may exist at a time; this bounds the memory. Each at least 1.
struct AsyncBounds {
  std::size_t sources = 1;     // in flight: from the beginning of read to the last result delivered
  std::size_t images = 1;      // decoded
  std::size_t renditions = 1;  // from the beginning of resize until the file is in place
  std::size_t memory = 0;      // bytes of decoded sources, as --memory-limit counts them; 0: no limit
};

/// All of it belongs to the executor's thread; results are delivered there, as tasks end.
class AsyncJob {
 public:
  AsyncJob(const Job& job, std::span<const Task> tasks, AsyncParts parts, AsyncBounds bounds,
           ResultSink& sink, const CancelToken& cancel);

  /// The most bytes of decoded sources that there were at a time; 0 without a limit.
  [[nodiscard]] std::size_t memory_peak() const { return memory_.most_out(); }

  /// Executes all tasks, the sources with the largest first. Does not throw. Once.
  Async<void> run();

 private:
  struct TaskInFlight;
  struct SourceInFlight;
  class ImageUse;

  Async<void> source(std::span<const std::uint32_t> members, AsyncPermits::Permit in_flight);
  Async<void> execute(SourceInFlight& source);
  Async<void> skip_what_is_there(SourceInFlight& source);
  Async<Result<void>> load(SourceInFlight& source);
  Async<void> wait_for_memory(SourceInFlight& source, TaskResult& told, const Bytes& content);
  Async<void> rendition(SourceInFlight& source, TaskInFlight& task, std::size_t index);
  Async<Result<void>> make(SourceInFlight& source, TaskInFlight& task, std::size_t index, ImageUse& image,
                           std::unique_ptr<AsyncOutputFile>& file);
  void begin_records(SourceInFlight& source, Nanoseconds queued) const;
  void end_all(SourceInFlight& source, const Error& error);
  void deliver(TaskInFlight& task);

  const Job& job_;
  const std::span<const Task> tasks_;
  AsyncParts parts_;
  ResultSink& sink_;
  const CancelToken& cancel_;
  AsyncPermits sources_;
  AsyncPermits images_;
  AsyncPermits renditions_;
  const std::size_t memory_limit_;
  AsyncPermits memory_;               // one a byte
  std::vector<std::uint32_t> order_;  // indices into tasks_; those of one source side by side
};

}  // namespace labday
