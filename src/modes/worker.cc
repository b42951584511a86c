#include "modes/worker.h"

#include <fcntl.h>
#include <malloc.h>
#include <poll.h>

#include <cerrno>
#include <csignal>
#include <memory>
#include <optional>
#include <utility>
#include <variant>

#include "modes/retry_io.h"
#include "pipeline/posix_io.h"
#include "pipeline/run_task.h"
#include "pipeline/stages.h"
#include "transport/frame.h"
#include "transport/sealed_memory.h"
#include "transport/shared_cancel.h"
#include "transport/worker_messages.h"

namespace labday {
namespace {

constexpr int kNonsense = 2;  // exit status: the parent speaks another protocol

SourceView view_of(const PixelsHeader& header, const SealedMapping& mapping) {
  SourceView view;
  view.pixels = {mapping.bytes().data(), header.size, header.format};
  view.icc_profile = mapping.bytes().subspan(header.pixel_bytes());
  view.warnings = header.warnings;
  return view;
}

std::size_t bytes_of(const PixelsHeader& header) {
  return header.pixel_bytes() + static_cast<std::size_t>(header.icc_bytes);
}

/// What it takes to share pixels with other processes is no stage.
class HandingTimer {
 public:
  explicit HandingTimer(TaskResult& result) : result_(result) {}
  ~HandingTimer() {
    if (result_.record) result_.record->handing += Clock::now() - begin_;
  }
  HandingTimer(const HandingTimer&) = delete;
  HandingTimer& operator=(const HandingTimer&) = delete;

 private:
  TaskResult& result_;
  const Clock::time_point begin_ = Clock::now();
};

/// Executes one task, with pixels of its own, with pixels that it shares, or with pixels that it is given.
class TaskExecution {
 public:
  TaskExecution(int socket, const Job& job, Io& io, const CancelToken& cancel, TaskMessage& message)
      : socket_(socket), job_(job), io_(io), cancel_(cancel), message_(message) {}

  TaskResult execute(const UniqueFd& pixels) {
    Task task = message_.task;
    task.source = 0;
    InlineForEach for_each;
    RetryIo retry_io(io_, job_.output_folder);
    Io& io = message_.retry ? static_cast<Io&>(retry_io) : io_;
    TaskResult result;
    if (message_.pixels) {
      const auto load = [&](TaskResult& r) { return take_pixels(pixels, r); };
      result = run_task(job_, task, io, for_each, cancel_, load);
    } else if (message_.share) {
      const auto load = [&](TaskResult& r) { return share_pixels(r); };
      result = run_task(job_, task, io, for_each, cancel_, load);
    } else {
      result = run_task(job_, task, io, for_each, cancel_);
    }
    result.task = message_.task;
    return result;
  }

 private:
  Result<SourceView> take_pixels(const UniqueFd& pixels, TaskResult& result) {
    const HandingTimer mapping(result);
    return map(pixels, *message_.pixels);
  }

  Result<SourceView> share_pixels(TaskResult& result) {
    auto loaded = load_source(job_, job_.sources.front(), io_, result);
    if (!loaded) return fail(std::move(loaded.error()));
    const HandingTimer sharing(result);
    decoded_ = std::move(*loaded);
    const ImageView image = decoded_->image.view();
    const PixelsHeader header{image.size, image.format, decoded_->icc_profile.size(), decoded_->warnings};
    const ByteView pixels(image.data, header.pixel_bytes());
    if (pixels.size() < message_.min_shared_bytes) return keep_pixels();
    const auto memory = seal_in_memory({pixels, decoded_->icc_profile});
    if (!memory) return keep_pixels();
    decoded_.reset();
    send({message_.serial, header}, memory->get());
    return map(*memory, header);
  }

  Result<SourceView> keep_pixels() {
    send({message_.serial, std::nullopt}, -1);
    return SourceView(*decoded_);
  }

  Result<SourceView> map(const UniqueFd& memory, const PixelsHeader& header) {
    auto mapping = SealedMapping::map(memory.get(), bytes_of(header));
    if (!mapping) return fail(std::move(mapping.error()));
    mapping_ = std::move(*mapping);
    return view_of(header, *mapping_);
  }

  void send(const PixelsMessage& message, int descriptor) {
    // A parent that is gone is noticed when the result is sent.
    [[maybe_unused]] const auto sent = send_frame(socket_, to_wire(message), descriptor);
  }

  const int socket_;
  const Job& job_;
  Io& io_;
  const CancelToken& cancel_;
  TaskMessage& message_;
  std::optional<Decoded> decoded_;
  std::optional<SealedMapping> mapping_;
};

class Worker {
 public:
  Worker(int socket, WorkerIo open_io) : socket_(socket), open_io_(open_io) {}

  /// `patience`: how long it waits for a job; negative: for ever.
  int serve(int patience_ms) {
    for (;;) {
      if (!cancel_ && !readable_within(patience_ms)) return 0;
      FrameReader reader;
      if (reader.take_in(socket_, true) != FrameReader::State::complete) return 0;
      auto message = parent_message_from_wire(reader.take());
      if (!message) return kNonsense;
      if (auto* job = std::get_if<JobMessage>(&*message)) {
        if (!begin(*job, reader.take_descriptor())) return kNonsense;
      } else if (auto* task = std::get_if<TaskMessage>(&*message)) {
        if (!cancel_) return kNonsense;
        if (!execute(*task, reader.take_descriptor())) return 0;
      } else {
        release();
      }
    }
  }

 private:
  [[nodiscard]] bool readable_within(int patience_ms) const {
    pollfd wanted{socket_, POLLIN, 0};
    int ready = 0;
    do {
      ready = ::poll(&wanted, 1, patience_ms);
    } while (ready < 0 && errno == EINTR);
    return ready > 0;
  }

  bool begin(JobMessage& message, UniqueFd cancel) {
    auto opened = SharedCancel::open(std::move(cancel));
    if (!opened) return false;
    job_ = std::move(message.job);
    job_.sources.resize(1);
    io_ = open_io_(job_);
    cancel_ = std::move(*opened);
    return true;
  }

  void release() {
    cancel_.reset();
    io_ = nullptr;
    job_ = {};
    ::malloc_trim(0);
  }

  bool execute(TaskMessage& message, const UniqueFd& pixels) {
    job_.sources.front() = message.source;
    ResultMessage answer{message.serial, {}};
    if (message.task.last > job_.renditions.size()) return false;
    if (io_) {
      answer.result = TaskExecution(socket_, job_, **io_, cancel_->token(), message).execute(pixels);
    } else {
      answer.result.task = message.task;
      answer.result.failed = static_cast<std::uint32_t>(message.task.last - message.task.first);
      answer.result.errors = {io_.error()};
    }
    return send_frame(socket_, to_wire(answer)).has_value();
  }

  const int socket_;
  WorkerIo open_io_;
  Job job_;
  Result<std::shared_ptr<Io>> io_ = nullptr;
  std::optional<SharedCancel> cancel_;  // there is a job
};

void leave_signals_to_the_parent() {
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) ::sigaction(number, &ignore, nullptr);
}

}  // namespace

int serve_tasks(int socket, WorkerIo open_io) {
  leave_signals_to_the_parent();
  return Worker(socket, open_io).serve(-1);
}

int serve_as_worker(int socket, WorkerIo open_io) {
  leave_signals_to_the_parent();
  ::fcntl(socket, F_SETFD, FD_CLOEXEC);
  if (!send_frame(socket, to_wire(HelloMessage{}))) return kNonsense;
  constexpr auto kPatience = std::chrono::duration_cast<std::chrono::milliseconds>(kWorkerPatience).count();
  return Worker(socket, open_io).serve(static_cast<int>(kPatience));
}

int serve_as_worker(int socket) {
  return serve_as_worker(socket, [](const Job& job) -> Result<std::shared_ptr<Io>> {
    auto io = PosixIo::open(job.output_folder);
    if (!io) return fail(std::move(io.error()));
    return std::shared_ptr<Io>(std::move(*io));
  });
}

}  // namespace labday
