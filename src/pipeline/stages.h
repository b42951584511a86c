// The stages of a task as plain functions. run_task() composes them; a mode that has to wait between them
// (an event loop) composes them itself.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/cancel.h"
#include "base/clock.h"
#include "base/result.h"
#include "pipeline/io.h"
#include "pipeline/job.h"
#include "pipeline/run_task.h"
#include "pipeline/stage_cpu.h"

namespace labday {

/// Adds the time from its making to its end to one stage: wall time, and where there is a record, the CPU
/// time of this thread, on which it has to end.
class StageTimer {
 public:
  StageTimer(StageCosts& costs, Stage stage)
      : StageTimer(costs.wall, costs.with_cpu ? &costs.cpu : nullptr, stage) {}
  StageTimer(TaskResult& result, Stage stage)
      : StageTimer(result.stage_times, result.record ? &result.record->cpu : nullptr, stage) {}
  /// Of wall time alone: for what is awaited, while the thread does other things.
  StageTimer(StageTimes& wall, Stage stage) : StageTimer(wall, nullptr, stage) {}
  ~StageTimer() { stop(); }
  StageTimer(const StageTimer&) = delete;
  StageTimer& operator=(const StageTimer&) = delete;

  /// Ends it early; later calls do nothing.
  void stop() {
    if (!running_) return;
    const Clock::time_point now = Clock::now();
    wall_ += now - start_;
    if (cpu_ != nullptr) *cpu_ += end_stage_cpu(stage_, start_, now);
    running_ = false;
  }

 private:
  StageTimer(StageTimes& wall, StageTimes* cpu, Stage stage)
      : stage_(stage),
        wall_(wall[static_cast<std::size_t>(stage)]),
        cpu_(cpu != nullptr ? &(*cpu)[static_cast<std::size_t>(stage)] : nullptr) {
    if (cpu_ != nullptr) begin_stage_cpu(start_);
  }

  const Stage stage_;
  Nanoseconds& wall_;
  Nanoseconds* const cpu_;
  const Clock::time_point start_ = Clock::now();
  bool running_ = true;
};

/// decode: the pixels of a file's content, upright if the job wants that. Errors carry no path.
[[nodiscard]] Result<Decoded> decode_source(ByteView content, const Job& job);

/// The size of a rendition of an upright source, within the limits.
[[nodiscard]] Result<Size> checked_rendition_size(const Rendition& rendition, Size source,
                                                  const Limits& limits);

/// resize and encode of one rendition, in pieces of the file, a few strips of rows at a time: the pixels of a
/// rendition are never in memory as a whole. A mode writes each piece as it likes before it asks for the next
/// one.
///
/// Memory: a piece; the encoded strips that are gone over at once, which are 3 groups of up to 4 strips on
/// one thread, and up to 12 a thread, 64 in all or 2 a thread, where several take part (a file that is
/// smaller than that is in memory as a whole); and for each strip under way what a Resampler keeps and a few
/// rows. What encoding takes (PngStripEncoder) stays with the thread, from one rendition to the next.
///
/// Not thread-safe. May throw std::bad_alloc, as next() may; use it no more after that.
class Rendering {
 public:
  enum class State : std::uint8_t {
    more,      // a piece, at least 1 MiB of it, and others follow
    complete,  // the last piece, not empty
    cancelled
  };

  /// What `source` borrows must outlive this.
  Rendering(const SourceView& source, const Rendition& rendition, Size size);
  ~Rendering();
  Rendering(Rendering&&) noexcept;
  Rendering& operator=(Rendering&&) noexcept;

  /// Replaces `piece` by the next bytes of the file. Adds to `costs`. `strips` may run strips in parallel;
  /// the bytes do not depend on it.
  [[nodiscard]] State next(Bytes& piece, ForEach& strips, const CancelToken& cancel, StageCosts& costs);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

enum class Written : std::uint8_t { written, was_there };

/// What the answer to OutputFile::publish() means for the rendition.
[[nodiscard]] Result<Written> outcome_of_publishing(Result<void> published, OnExists on_exists);

/// The end of write: puts the file in place. `was_there`: OnExists::skip, and somebody else was faster.
[[nodiscard]] Result<Written> publish(OutputFile& file, OnExists on_exists);

/// write: puts the whole file in place under `name`, or leaves nothing. No journal has it.
[[nodiscard]] Result<Written> write_file(Io& io, const std::string& name, ByteView content,
                                         OnExists on_exists);

}  // namespace labday
