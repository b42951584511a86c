// Coroutines on one event loop; file I/O through io_uring, or on threads where the kernel refuses a ring; CPU
// stages on a pool of workers. This file chooses and makes the parts; async_job.h is what they execute.
#include <fmt/format.h>
#include <pthread.h>

#include <algorithm>
#include <array>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include "modes/async_io.h"
#include "modes/async_job.h"
#include "modes/mode.h"
#include "modes/mode_list.h"
#include "pipeline/outcome.h"
#include "transport/event_loop.h"
#include "transport/ring.h"
#include "transport/thread_pool.h"

namespace labday {
namespace {

constexpr std::array<std::string_view, 3> kIoWords{"auto", "uring", "threads"};
constexpr std::array kParameters{
    ModeParameter{"workers", "cores", "threads that decode, resize and encode", {}, kMaxWorkers},
    ModeParameter{
        "inflight", "2*workers", "sources in flight, and threads for file I/O, at most", {}, 2 * kMaxWorkers},
    ModeParameter{"io", "auto", "who does file I/O: auto is uring, or threads where it is refused", kIoWords},
};

int inflight_of(const ModeValues& values) { return values.number("inflight", 2 * values.workers); }

class AsyncMode final : public Mode {
 public:
  explicit AsyncMode(const ModeSetup& setup)
      : job_(setup.job),
        io_(setup.io),
        workers_(setup.workers),
        inflight_(inflight_of(setup)),
        io_wanted_(setup.word("io", "auto")) {}

  Result<void> start() override {
    std::string refusal;
    if (io_wanted_ != "threads") {
      auto opened = open_ring();
      if (opened) {
        ring_ = std::move(*opened);
      } else if (io_wanted_ == "uring") {
        return fail(Stage::plan, ErrorCode::usage, {},
                    fmt::format("io=uring cannot be had here: {}", opened.error().detail));
      } else {
        refusal = std::move(opened.error().detail);
      }
    }
    loop_.emplace(ring_ ? static_cast<LoopSleep&>(*ring_) : condition_);
    try {
      pool_.emplace(*loop_, workers_, "labday-worker", job_.records);
      if (!ring_) io_threads_.emplace(*loop_, inflight_, "labday-io", job_.records);
    } catch (const std::system_error& e) {
      return fail(
          system_error(Stage::plan, e.code().value(), {},
                       fmt::format("cannot start {} threads", ring_ ? workers_ : workers_ + inflight_)));
    }
    if (ring_) {
      ring_->attach(*loop_);
      async_io_ = std::make_unique<CallingIo>(*ring_, *io_.native_folder());
      note_ = "file I/O by io_uring";
    } else {
      async_io_ = std::make_unique<ThreadedIo>(*io_threads_, io_);
      note_ = fmt::format("file I/O by {} {}", inflight_, inflight_ == 1 ? "thread" : "threads");
      if (!refusal.empty()) note_ += ", since there is no io_uring: " + refusal;
    }
    return {};
  }

  Result<void> run(std::span<const Task> tasks, ResultSink& sink, const CancelToken& cancel) override {
    const auto workers = static_cast<std::size_t>(workers_);
    // One more than workers: a source whose last rendition is encoded needs no image any more, and a
    // rendition whose piece is being written needs no worker; so with one in reserve all workers are busy.
    const AsyncBounds bounds{static_cast<std::size_t>(inflight_), workers + 1, workers + 1,
                             static_cast<std::size_t>(job_.limits.memory_bytes)};
    Result<void> outcome;
    const auto on_loop = [&] {
      pthread_setname_np(pthread_self(), "labday-loop");
      outcome = guarded(Stage::plan, [&]() -> Result<void> {
        AsyncJob job(job_, tasks, AsyncParts{*loop_, *pool_, *async_io_}, bounds, sink, cancel);
        loop_->run(job.run());
        memory_peak_ = job.memory_peak();
        return {};
      });
      ended_ = since_epoch(Clock::now());
      loop_cpu_ = thread_cpu_time();
    };
    try {
      // A thread of its own: the kernel's threads for the ring live as long as the thread that uses it.
      std::thread loop_thread(on_loop);
      loop_thread.join();
    } catch (const std::system_error& e) {
      return fail(system_error(Stage::plan, e.code().value(), {}, "cannot start the event loop's thread"));
    }
    return outcome;
  }

  std::string note() const override { return note_; }

  RunRecord run_record() override {
    RunRecord record{worker_records(pool_->idle_logs(), ended_), {}, memory_peak_};
    record.helpers.cpu = loop_cpu_;
    if (io_threads_) {
      for (const IdleLog& log : io_threads_->idle_logs()) add(record.helpers, log.kernel_figures());
    }
    return record;
  }

 private:
  Result<std::unique_ptr<Ring>> open_ring() {
    if (io_.native_folder() == nullptr) {
      return fail(Stage::plan, ErrorCode::unsupported, {}, "the files are not reached by the system's calls");
    }
    return Ring::open(inflight_);
  }

  const Job& job_;
  Io& io_;
  const int workers_;
  const int inflight_;
  const std::string io_wanted_;
  std::string note_;
  Nanoseconds ended_{0};
  Nanoseconds loop_cpu_{0};
  std::uint64_t memory_peak_ = 0;
  // Each uses those before it.
  std::unique_ptr<Ring> ring_;
  ConditionSleep condition_;
  std::optional<EventLoop> loop_;
  std::optional<ThreadPool> pool_;
  std::optional<ThreadPool> io_threads_;
  std::unique_ptr<AsyncIo> async_io_;
};

}  // namespace

const ModeInfo modes::async{
    .name = "async",
    .summary = "coroutines on one event loop, file I/O awaited through io_uring, CPU stages on workers",
    .parameters = kParameters,
    .make = [](const ModeSetup& setup) -> Result<std::unique_ptr<Mode>> {
      return std::make_unique<AsyncMode>(setup);
    },
    .unavailable = always_available,
    .scheduling = [](const ModeValues& values) -> Result<Scheduling> {
      Scheduling scheduling{
          .workers = values.workers, .at_once = values.workers, .in_order = false, .splits = true};
      scheduling.inflight = static_cast<std::size_t>(inflight_of(values));
      scheduling.shares_pixels = true;
      return scheduling;
    },
};

}  // namespace labday
