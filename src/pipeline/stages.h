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

namespace labday {

/// Adds the wall time from its making to its end to one stage.
class StageTimer {
 public:
  StageTimer(StageTimes& times, Stage stage) : slot_(times[static_cast<std::size_t>(stage)]) {}
  ~StageTimer() { stop(); }
  StageTimer(const StageTimer&) = delete;
  StageTimer& operator=(const StageTimer&) = delete;

  /// Ends it early; later calls do nothing.
  void stop() {
    if (!running_) return;
    slot_ += Clock::now() - start_;
    running_ = false;
  }

 private:
  Nanoseconds& slot_;
  Clock::time_point start_ = Clock::now();
  bool running_ = true;
};

/// decode: the pixels of a file's content, upright if the job wants that. Errors carry no path.
[[nodiscard]] Result<Decoded> decode_source(ByteView content, const Job& job);

/// The size of a rendition of an upright source, within the limits.
[[nodiscard]] Result<Size> checked_rendition_size(const Rendition& rendition, Size source,
                                                  const Limits& limits);

/// resize and encode of one rendition, in pieces of the file, a few strips of rows at a time: neither the
/// pixels of a rendition nor its file are ever in memory as a whole. A mode writes each piece as it likes
/// before it asks for the next one.
///
/// Memory: the encoded strips of a piece, and for each strip under way what a Resampler keeps and a few rows.
/// What encoding takes (PngStripEncoder) stays with the thread, from one rendition to the next.
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

  /// Replaces `piece` by the next bytes of the file. Adds to `times`. `strips` may run strips in parallel;
  /// the bytes do not depend on it.
  [[nodiscard]] State next(Bytes& piece, ForEach& strips, const CancelToken& cancel, StageTimes& times);

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
