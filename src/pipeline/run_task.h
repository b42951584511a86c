// The heart of labday: one task, from a file name to renditions in place.
//
//   read -> decode -> for each rendition: resize -> encode -> write
//
// The stages are plain functions; run_task() composes them over three seams: Io, ForEach and MemoryGate. It
// never throws.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/function_ref.h"
#include "base/result.h"
#include "pipeline/io.h"
#include "pipeline/job.h"
#include "pipeline/memory_gate.h"
#include "pipeline/task_record.h"

namespace labday {

/// The second seam: how the renditions of a task, and the strips of a rendition, are gone over. A mode may
/// run the bodies in parallel. May be nested.
class ForEach {
 public:
  virtual ~ForEach() = default;
  /// Calls body(0) … body(count - 1), each once, in any order and on any threads, and returns when all have
  /// returned. The bodies do not throw.
  virtual void operator()(std::size_t count, FunctionRef<void(std::size_t)> body) = 0;
};

/// One after the other, on the caller's thread.
class InlineForEach final : public ForEach {
 public:
  void operator()(std::size_t count, FunctionRef<void(std::size_t)> body) override {
    for (std::size_t i = 0; i < count; ++i) body(i);
  }
};

/// What became of one task. done + skipped + failed + not_done is the number of its renditions.
struct TaskResult {
  Task task;
  std::uint32_t done = 0;      // in place, whole
  std::uint32_t skipped = 0;   // were there already (OnExists::skip)
  std::uint32_t failed = 0;    // `errors` says why
  std::uint32_t not_done = 0;  // cancelled before they were begun
  std::uint32_t warnings = 0;  // harmless oddities of the source
  std::uint64_t bytes_read = 0;
  std::uint64_t bytes_written = 0;
  std::uint64_t pixels = 0;          // of the renditions done
  StageTimes stage_times{};          // wall time
  std::optional<TaskRecord> record;  // where Job::records asks for it and the task was begun
  std::vector<Error> errors;         // one for the source, or one for each rendition that failed
};

/// A decoded source, upright, wherever it lies; borrowed.
struct SourceView {
  ImageView pixels;
  ByteView icc_profile;       // empty where there is none
  std::int32_t warnings = 0;  // harmless oddities that were passed over

  SourceView() = default;
  SourceView(const Decoded& decoded)  // NOLINT(google-explicit-constructor): a view of it
      : pixels(decoded.image.view()), icc_profile(decoded.icc_profile), warnings(decoded.warnings) {}
};

/// Where a task's pixels come from, for modes that have them already or share them with other tasks. Called
/// at most once a task; adds what it did to `result`. The pixels live until run_task() returns.
using SourceLoader = FunctionRef<Result<SourceView>(TaskResult& result)>;

/// read and decode, as run_task() does by itself. With a gate it is entered in between, and `pass` is for
/// what is decoded; ErrorCode::cancelled where the job was cancelled meanwhile.
[[nodiscard]] Result<Decoded> load_source(const Job& job, const Source& source, Io& io, TaskResult& result,
                                          MemoryGate* gate, const CancelToken& cancel, MemoryPass& pass);

/// Executes `task` of `job`. Decodes once for all its renditions. Looks at `cancel` between steps and stops
/// early. Exceptions of libraries and of memory become errors. Thread-safe for different tasks. A record says
/// that the task was queued when it was started, by worker 0, until the mode puts in what it knows better.
/// `gate`: of --memory-limit; nullptr where there is none.
[[nodiscard]] TaskResult run_task(const Job& job, const Task& task, Io& io, ForEach& for_each,
                                  const CancelToken& cancel, MemoryGate* gate = nullptr);

/// The same with pixels from `load`.
[[nodiscard]] TaskResult run_task(const Job& job, const Task& task, Io& io, ForEach& for_each,
                                  const CancelToken& cancel, SourceLoader load);

/// The result of a task that was never begun.
[[nodiscard]] TaskResult not_done(const Task& task);

}  // namespace labday
