#include "modes/worker.h"

#include <fcntl.h>
#include <malloc.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <memory>
#include <optional>
#include <utility>
#include <variant>

#include "modes/brokered_io.h"
#include "modes/parent_line.h"
#include "modes/retry_io.h"
#include "pipeline/outcome.h"
#include "pipeline/posix_io.h"
#include "pipeline/run_task.h"
#include "pipeline/stages.h"
#include "transport/frame.h"
#include "transport/sandbox.h"
#include "transport/sealed_memory.h"
#include "transport/shared_cancel.h"
#include "transport/worker_messages.h"

namespace labday {
namespace {

// Exit statuses: the parent speaks another protocol; there is no sandbox, although the parent found one.
constexpr int kNonsense = 2;
constexpr int kNoSandbox = 3;

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

/// The gate of --memory-limit where the parent keeps the account: it also knows when a task is over.
class RemoteMemoryGate final : public MemoryGate {
 public:
  RemoteMemoryGate(ParentLine& parent, std::uint64_t serial) : parent_(parent), serial_(serial) {}

  [[nodiscard]] bool enter(std::uint64_t bytes, const CancelToken& cancel) override {
    const auto reply = parent_.ask({serial_, RequestMessage::Kind::memory, bytes, {}, {}});
    return reply && reply->number == 1 && !cancel.requested();
  }
  void leave(std::uint64_t /*bytes*/) override {}

 private:
  ParentLine& parent_;
  const std::uint64_t serial_;
};

/// Executes one task, with pixels of its own, with pixels that it shares, or with pixels that it is given.
class TaskExecution {
 public:
  TaskExecution(ParentLine& parent, const Job& job, Io& io, bool brokered, const CancelToken& cancel,
                TaskMessage& message)
      : parent_(parent),
        job_(job),
        io_(io),
        brokered_(brokered),
        cancel_(cancel),
        message_(message),
        remote_gate_(parent, message.serial),
        gate_(gate_of(job, remote_gate_)) {}

  TaskResult execute(const UniqueFd& pixels) {
    Task task = message_.task;
    task.source = 0;
    InlineForEach for_each;
    // The parent of a worker in a sandbox looks at what is there by itself.
    RetryIo retry_io(io_, job_.output_folder);
    Io& io = message_.retry && !brokered_ ? static_cast<Io&>(retry_io) : io_;
    TaskResult result;
    if (message_.pixels) {
      const auto load = [&](TaskResult& r) { return take_pixels(pixels, r); };
      result = run_task(job_, task, io, for_each, cancel_, load);
    } else if (message_.share) {
      const auto load = [&](TaskResult& r) { return share_pixels(r); };
      result = run_task(job_, task, io, for_each, cancel_, load);
    } else {
      result = run_task(job_, task, io, for_each, cancel_, gate_);
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
    auto loaded = load_source(job_, job_.sources.front(), io_, result, gate_, cancel_, pass_);
    if (!loaded) return fail(std::move(loaded.error()));
    const HandingTimer sharing(result);
    decoded_ = std::move(*loaded);
    const ImageView image = decoded_->image.view();
    const PixelsHeader header{image.size, image.format, decoded_->icc_profile.size(), decoded_->warnings};
    const ByteView pixels(image.data, header.pixel_bytes());
    if (pixels.size() < message_.min_shared_bytes) return keep_pixels();
    const auto memory = seal(pixels, decoded_->icc_profile);
    if (!memory) return keep_pixels();
    decoded_.reset();
    send({message_.serial, header}, memory->get());
    return map(*memory, header);
  }

  Result<UniqueFd> seal(ByteView pixels, ByteView profile) {
    if (!brokered_) return seal_in_memory({pixels, profile});
    const std::uint64_t bytes = pixels.size() + profile.size();
    auto reply = parent_.ask({message_.serial, RequestMessage::Kind::share_memory, bytes, {}, {}});
    if (!reply) return fail(std::move(reply.error()));
    if (auto sealed = fill_and_seal(reply->descriptor, {pixels, profile}); !sealed) {
      return fail(std::move(sealed.error()));
    }
    return std::move(reply->descriptor);
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
    [[maybe_unused]] const bool sent = parent_.send(to_wire(message), descriptor);
  }

  ParentLine& parent_;
  const Job& job_;
  Io& io_;
  const bool brokered_;
  const CancelToken& cancel_;
  TaskMessage& message_;
  RemoteMemoryGate remote_gate_;
  MemoryGate* const gate_;
  MemoryPass pass_;
  std::optional<Decoded> decoded_;
  std::optional<SealedMapping> mapping_;
};

class Worker {
 public:
  Worker(int socket, WorkerIo open_io) : socket_(socket), open_io_(open_io), parent_(socket) {}

  /// `patience`: how long it waits for a job; negative: for ever.
  int serve(int patience_ms) {
    for (;;) {
      ParentLine::Order order;
      const ParentLine::State state = parent_.next(order, cancel_ ? -1 : patience_ms);
      if (state == ParentLine::State::closed) return 0;
      if (state == ParentLine::State::nonsense) return kNonsense;
      if (auto* job = std::get_if<JobMessage>(&order.message)) {
        if (!begin(*job, std::move(order.descriptor))) return kNonsense;
        if (!entered_) return kNoSandbox;
      } else if (auto* task = std::get_if<TaskMessage>(&order.message)) {
        if (!cancel_) return kNonsense;
        if (!execute(*task, order.descriptor)) return 0;
      } else {
        release();
      }
    }
  }

  [[nodiscard]] bool confined() const { return confined_; }

 private:
  bool begin(JobMessage& message, UniqueFd cancel) {
    auto opened = SharedCancel::open(std::move(cancel));
    if (!opened) return false;
    cancel_ = std::move(*opened);
    job_ = std::move(message.job);
    job_.sources.resize(1);
    brokered_ = nullptr;
    if (job_.sandbox != Sandbox::off) {
      if (!std::exchange(confined_, true)) {
        entered_ = enter_sandbox(sandbox_limits(job_.limits), std::array{socket_, cancel_->descriptor()});
        if (!entered_) return true;
      }
      brokered_ = std::make_shared<BrokeredIo>(parent_, job_);
    }
    io_ = open_io_(job_, brokered_);
    return true;
  }

  void release() {
    cancel_.reset();
    io_ = nullptr;
    brokered_ = nullptr;
    job_ = {};
    ::malloc_trim(0);
  }

  bool execute(TaskMessage& message, const UniqueFd& pixels) {
    job_.sources.front() = message.source;
    ResultMessage answer{message.serial, {}};
    if (message.task.last > job_.renditions.size()) return false;
    if (brokered_) brokered_->begin_task(message.serial);
    if (io_) {
      TaskExecution execution(parent_, job_, **io_, brokered_ != nullptr, cancel_->token(), message);
      answer.result = execution.execute(pixels);
      // The parent takes what it is told for done, and may kill this process at any time after.
      if (auto settled = (*io_)->settle(); !settled) take_back(answer.result, std::move(settled.error()));
    } else {
      answer.result.task = message.task;
      answer.result.failed = static_cast<std::uint32_t>(message.task.last - message.task.first);
      answer.result.errors = {io_.error()};
    }
    return parent_.send(to_wire(answer));
  }

  const int socket_;
  WorkerIo open_io_;
  ParentLine parent_;
  Job job_;
  bool confined_ = false;  // for good
  Result<void> entered_;
  std::shared_ptr<BrokeredIo> brokered_;
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
  Worker worker(socket, open_io);
  const int status = worker.serve(static_cast<int>(kPatience));
  // What a program does at its end, besides, takes more than a sandbox has.
  if (worker.confined()) ::_exit(status);
  return status;
}

int serve_as_worker(int socket) {
  return serve_as_worker(socket,
                         [](const Job& job, std::shared_ptr<Io> brokered) -> Result<std::shared_ptr<Io>> {
                           if (brokered) return brokered;
                           auto io = PosixIo::open(job.output_folder, job.journalling);
                           if (!io) return fail(std::move(io.error()));
                           return std::shared_ptr<Io>(std::move(*io));
                         });
}

}  // namespace labday
