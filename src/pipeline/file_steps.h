// Work on files as a sequence of calls whose answers decide what comes next, written as a coroutine:
//
//   FileSteps<int> steps(...) { const FileAnswer fd = co_await ask(call); ... co_return result; }
//
// The coroutine waits for nothing and knows no thread: it stops at each call, and its driver executes the
// call in its own way and hands the answer in. So reading a source and putting a file in place are each
// written once, for blocking system calls, for an event loop and for a test that fails the third call.
//
// Not thread-safe; may be driven on another thread than it was made on. Exceptions come out of take().
#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

#include "pipeline/file_call.h"

namespace labday {

template <class T>
class [[nodiscard]] FileSteps {
 public:
  struct promise_type {
    FileCall call;
    FileAnswer answer = 0;
    bool waiting = false;
    std::optional<T> result;
    std::exception_ptr exception;

    FileSteps get_return_object() { return FileSteps(Handle::from_promise(*this)); }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_value(T value) { result.emplace(std::move(value)); }
    void unhandled_exception() { exception = std::current_exception(); }

    struct Asked {
      promise_type& promise;
      bool await_ready() const noexcept { return false; }
      void await_suspend(std::coroutine_handle<>) const noexcept { promise.waiting = true; }
      FileAnswer await_resume() const noexcept { return promise.answer; }
    };
    Asked await_transform(const FileCall& wanted) noexcept {
      call = wanted;
      return Asked{*this};
    }
  };
  using Handle = std::coroutine_handle<promise_type>;

  FileSteps(FileSteps&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  FileSteps& operator=(FileSteps&&) = delete;
  ~FileSteps() {
    if (handle_) handle_.destroy();
  }

  /// The call to execute next; nullptr when all is over.
  [[nodiscard]] const FileCall* wanted() const {
    return handle_.promise().waiting ? &handle_.promise().call : nullptr;
  }

  /// The answer to the call that is wanted; goes on to the next one.
  void answer(FileAnswer answer) {
    handle_.promise().waiting = false;
    handle_.promise().answer = answer;
    handle_.resume();
  }

  /// What came out, once nothing is wanted any more; once.
  [[nodiscard]] T take() {
    promise_type& promise = handle_.promise();
    if (promise.exception) std::rethrow_exception(promise.exception);
    return std::move(*promise.result);
  }

 private:
  explicit FileSteps(Handle handle) : handle_(handle) {}
  Handle handle_;
};

/// Drives the steps by blocking system calls.
template <class T>
[[nodiscard]] T run_blocking(FileSteps<T> steps) {
  while (const FileCall* call = steps.wanted()) steps.answer(execute(*call));
  return steps.take();
}

}  // namespace labday
