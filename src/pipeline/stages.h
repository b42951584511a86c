// The stages of a task as plain functions. run_task() composes them; a mode that has to wait between them
// (an event loop) composes them itself.
#pragma once

#include <optional>
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

/// resize and encode, a strip of rows at a time, so that the rendition's pixels are never in memory as a
/// whole. Adds to `times`. Nothing if `cancel` was requested meanwhile.
[[nodiscard]] std::optional<Bytes> render(const Decoded& source, const Rendition& rendition, Size size,
                                          const CancelToken& cancel, StageTimes& times);

enum class Written : std::uint8_t { written, was_there };

/// write: puts the whole file in place under `name`, or leaves nothing. `was_there`: OnExists::skip, and
/// somebody else was faster.
[[nodiscard]] Result<Written> write_file(Io& io, const std::string& name, ByteView content,
                                         OnExists on_exists);

}  // namespace labday
