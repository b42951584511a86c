// What a parent and its worker say to one another, one message a frame (frame.h). Every message begins with
// the number of this protocol; a message that is not exactly what the other side writes is
// ErrorCode::corrupt.
//
//   parent                       worker
//          <- Hello                        once, when the worker can take a job
//   JobMessage ->                          the job less its sources; the descriptor is a SharedCancel
//   TaskMessage ->                         a task with its source; perhaps its pixels, as a descriptor
//          <- PixelsMessage                while it has a task with `share`: the pixels, as a descriptor
//          <- RequestMessage               while it has a task: what it cannot or may not do by itself
//   ReplyMessage ->                        to each; perhaps with a descriptor
//          <- ResultMessage                each task in the order in which they came
//   ReleaseMessage ->                      forget the job; another may follow
//
// A source travels with its task, so that a worker holds no copy of a job of a million sources. The parent
// ends a worker by closing the socket. A worker has one request at a time under way; tasks may come before
// the reply.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "base/bytes.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "image/image.h"
#include "pipeline/hash.h"
#include "pipeline/job.h"
#include "pipeline/run_task.h"

namespace labday {

/// How decoded pixels lie in sealed memory: rows without padding, then the ICC profile.
struct PixelsHeader {
  Size size;
  PixelFormat format = PixelFormat::rgb;
  std::uint64_t icc_bytes = 0;
  std::int32_t warnings = 0;

  [[nodiscard]] std::size_t pixel_bytes() const {
    return static_cast<std::size_t>(size.pixels()) * static_cast<std::size_t>(channels(format));
  }
  bool operator==(const PixelsHeader&) const = default;
};

struct HelloMessage {
  bool operator==(const HelloMessage&) const = default;
};

struct JobMessage {
  Job job;  // without sources
};

struct TaskMessage {
  std::uint64_t serial = 0;  // comes back with the result
  Task task;  // of a job whose sources[0] is `source`, but for task.source, which is the parent's
  Source source;
  bool retry = false;  // a worker that had this task died, and may have put some of its files in place
  bool share = false;  // hand the decoded pixels back before rendering
  std::uint64_t min_shared_bytes = 0;  // share fewer by letting every task decode for itself
  std::optional<PixelsHeader> pixels;  // the descriptor has them
};

struct PixelsMessage {
  std::uint64_t serial = 0;
  std::optional<PixelsHeader> pixels;  // none: there are too few of them
};

/// Of a worker whose files its parent opens and names (Job::sandbox), but for `memory`, which every worker
/// asks where there is a limit. A name is the worker's word; the parent takes only one that its task may
/// have.
struct RequestMessage {
  enum class Kind : std::uint8_t {
    memory,       // wait until `number` bytes of decoded pixels fit (--memory-limit); 0 where cancelled
    open_source,  // a descriptor of the task's source, and its size
    exists,       // 1 where there is something under `name`
    create,   // a descriptor of a new file for `name` that is made with spec_hash() `number`, and its handle;
              // `hashed` where publish needs the hash of its content
    publish,  // puts the file with handle `number` in place
    discard,  // gives it up
    share_memory,  // a descriptor of memory of `number` bytes for pixels that are handed back
  };
  std::uint64_t serial = 0;  // of the task
  Kind kind = Kind::memory;
  std::uint64_t number = 0;
  std::string name;
  Hash128 content;
  bool operator==(const RequestMessage&) const = default;
};

struct ReplyMessage {
  std::uint64_t number = 0;
  bool hashed = false;
  std::optional<Error> error;
};

struct ResultMessage {
  std::uint64_t serial = 0;
  TaskResult result;
};

struct ReleaseMessage {};

using WorkerMessage = std::variant<HelloMessage, PixelsMessage, RequestMessage, ResultMessage>;
using ParentMessage = std::variant<JobMessage, TaskMessage, ReplyMessage, ReleaseMessage>;

[[nodiscard]] Bytes to_wire(const HelloMessage& message);
[[nodiscard]] Bytes to_wire(const PixelsMessage& message);
[[nodiscard]] Bytes to_wire(const RequestMessage& message);
[[nodiscard]] Bytes to_wire(const ResultMessage& message);
[[nodiscard]] Bytes to_wire(const JobMessage& message);
[[nodiscard]] Bytes to_wire(const TaskMessage& message);
[[nodiscard]] Bytes to_wire(const ReplyMessage& message);
[[nodiscard]] Bytes to_wire(const ReleaseMessage& message);

[[nodiscard]] Result<WorkerMessage> worker_message_from_wire(ByteView wire);
[[nodiscard]] Result<ParentMessage> parent_message_from_wire(ByteView wire);

}  // namespace labday
