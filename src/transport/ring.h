// File calls by io_uring: a coroutine awaits a call, the kernel executes it meanwhile, and the loop's thread
// sleeps in the ring until some call has ended or another thread wakes it.
//
// FileCaller is the seam at which a test answers calls by hand.
#pragma once

#include <liburing.h>

#include <coroutine>
#include <memory>
#include <string>

#include "base/result.h"
#include "base/unique_fd.h"
#include "pipeline/file_call.h"
#include "transport/event_loop.h"

namespace labday {

class FileCaller {
 public:
  /// Lies in the frame of the coroutine that waits for it.
  struct Pending {
    FileCall call;
    FileAnswer answer = 0;
    std::coroutine_handle<> waiting;
    bool forced = false;  // for the ring: on a thread of the kernel's, whether or not it would block
  };

  virtual ~FileCaller() = default;

  /// Begins the call; once it is answered, the coroutine goes on.
  virtual void begin(Pending& pending) = 0;
};

/// `const FileAnswer answer = co_await AwaitCall(caller, call);`
class [[nodiscard]] AwaitCall {
 public:
  AwaitCall(FileCaller& caller, const FileCall& call) : caller_(caller), pending_{call, 0, {}, false} {}
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiting) {
    pending_.waiting = waiting;
    caller_.begin(pending_);
  }
  FileAnswer await_resume() const noexcept { return pending_.answer; }

 private:
  FileCaller& caller_;
  FileCaller::Pending pending_;
};

/// All but wake() is for one thread at a time. The kernel executes what would block on threads of its own,
/// which belong to the thread that begins the calls and live until that one ends: so begin calls on a thread
/// that ends with the job.
class Ring final : public FileCaller, public LoopSleep {
 public:
  /// `kernel_threads` is how many threads the kernel may use. An error, whose detail says which step the
  /// kernel refused, where there can be no ring, or where one cannot do all kinds of calls; tried out.
  [[nodiscard]] static Result<std::unique_ptr<Ring>> open(int kernel_threads);

  /// No call may be under way.
  ~Ring() override;
  Ring(const Ring&) = delete;
  Ring& operator=(const Ring&) = delete;

  /// Where the coroutines of ended calls go on. Once, before the first call.
  void attach(Executor& executor) { executor_ = &executor; }

  void begin(Pending& pending) override;
  void sleep() override;
  void wake() noexcept override;

 private:
  Ring() = default;
  Result<void> set_up(int kernel_threads);
  Result<void> check_operations();
  Result<void> try_out();
  io_uring_sqe* next_entry();
  bool submit(unsigned wait_for);
  bool reap();
  void ended(Pending& pending, FileAnswer answer);

  io_uring ring_{};
  bool open_ = false;
  Executor* executor_ = nullptr;
  UniqueFd wake_;       // an eventfd
  bool armed_ = false;  // the ring watches wake_
};

}  // namespace labday
