// One worker process as its parent sees it: what it was given, what it still owes, and the messages between.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/function_ref.h"
#include "base/kernel_figures.h"
#include "modes/file_broker.h"
#include "modes/task_queue.h"
#include "transport/frame.h"
#include "transport/worker_messages.h"
#include "transport/worker_process.h"

namespace labday {

/// A result with an error for each of a thousand renditions fits. A worker that was taken over could send
/// more, to take the parent's memory.
inline constexpr std::uint64_t kMostMessageBytes = std::uint64_t{64} << 20;

class WorkerLink {
 public:
  struct Assignment {
    std::uint64_t serial = 0;
    Dispatch dispatch;
    Task task;
    std::size_t batch_size = 0;  // with the last task of a batch: how many it had
    Nanoseconds queued{0};       // when it was given to the worker
    std::uint64_t bytes = 0;     // of its messages, and of pixels that it shared
  };

  /// A forked worker needs no greeting: it is this program, and running.
  WorkerLink(WorkerProcess worker, bool greeted) : worker_(std::move(worker)), greeted_(greeted) {}

  /// What it is told of a new job. In a sandbox it stays for good, with the limits of the first of its jobs.
  void begin_job(std::unique_ptr<FileBroker> files, const std::optional<Limits>& sandbox);
  void end_job() { files_.reset(); }
  /// Opens and names its files; nullptr for a worker that does so by itself.
  [[nodiscard]] FileBroker* files() { return files_.get(); }
  /// May it be given a job with this sandbox?
  [[nodiscard]] bool can_have(const std::optional<Limits>& sandbox) const;

  /// For the records of ProcessTeam, which alone uses it.
  struct Life {
    std::int32_t place = 0;  // among the workers
    Nanoseconds made{0};     // before the process was
    bool at_work = false;    // has had a task
    Nanoseconds last_ended{0};
    KernelFigures kernel_before;  // when the run began
  };
  [[nodiscard]] Life& life() { return life_; }

  [[nodiscard]] int socket() const { return worker_.socket(); }
  [[nodiscard]] bool greeted() const { return greeted_; }
  [[nodiscard]] pid_t pid() { return worker_.process().pid(); }

  /// Messages leave at once, as far as the socket takes them; flush() sends the rest.
  void send(ByteView message, std::shared_ptr<const UniqueFd> descriptor = nullptr);
  void flush();
  [[nodiscard]] bool wants_to_send() const { return !hung_up_ && !sender_.empty(); }

  /// Says that no task will follow: the worker ends once it has answered everything.
  void send_no_more();
  [[nodiscard]] bool retired() const { return last_sent_; }

  void assign(Assignment assignment);
  /// Tasks without a result, in the order in which the worker executes them.
  [[nodiscard]] const std::deque<Assignment>& owed() const { return owed_; }
  /// Since when it has been at the first of them, or might have been.
  [[nodiscard]] Clock::time_point first_begin() const { return first_begin_; }
  /// It had no part of this much of the time since then, or nobody could have taken its answer.
  void pardon(Nanoseconds time) { first_begin_ = std::min(first_begin_ + time, Clock::now()); }
  [[nodiscard]] std::size_t batches_owed() const { return batches_owed_; }
  [[nodiscard]] std::uint64_t batches_given() const { return batches_given_; }

  enum class State : std::uint8_t { alive, hung_up, nonsense };

  /// What is done with its messages, each with the assignment that it belongs to.
  struct Receiver {
    FunctionRef<void(const Assignment&, const PixelsMessage&, UniqueFd)> on_pixels;
    FunctionRef<bool(const Assignment&, const RequestMessage&)> on_request;  // false: that is nonsense
    /// The result has been taken off owed() by then.
    FunctionRef<void(const Assignment&, TaskResult, Nanoseconds batch)> on_result;
  };

  /// Reads what is there. Anything out of turn is nonsense.
  [[nodiscard]] State receive(const Receiver& to);

  /// The task that it is at begins now: it had to wait for something that is not its own.
  void restart_clock() { first_begin_ = Clock::now(); }

  /// The same while nothing is owed: takes in the greeting, and notices an end.
  [[nodiscard]] State receive_greeting();

  /// In a copy of this process: lets go of the descriptors of pixels on their way to the worker or with it.
  void drop_pixels();

  /// Kills the worker, which is dead but not reaped afterwards.
  void kill();

  /// Sees to it that the worker is dead, but not reaped yet: its number stays its own. Says how it ended.
  [[nodiscard]] std::string end(State why);

  /// Ends it and waits for it.
  [[nodiscard]] ChildExit reap();

 private:
  bool accept(WorkerMessage message, UniqueFd descriptor, const Receiver& to);
  bool accept_result(ResultMessage message, const Receiver& to);
  void hang_up_where_all_is_said();

  std::unique_ptr<FileBroker> files_;             // goes after the process, which may write until then
  std::optional<std::optional<Limits>> sandbox_;  // of its first job: what it is in; none: no job yet
  WorkerProcess worker_;
  FrameSender sender_;
  FrameReader reader_{kMostMessageBytes};
  std::deque<Assignment> owed_;
  std::size_t batches_owed_ = 0;
  std::uint64_t batches_given_ = 0;
  Clock::time_point batch_begin_{};
  Clock::time_point first_begin_{};
  bool greeted_;
  bool last_sent_ = false;
  bool hung_up_ = false;
  Life life_;
};

}  // namespace labday
