// Coroutines on one thread: Async<T> is a function that may wait, Executor is the thread that it runs on.
//
//   Async<int> size_of(...) { ... co_await something ...; co_return 3; }
//   const int size = co_await size_of(...);
//
// An Async begins when it is awaited and belongs to whoever awaits it: nothing runs that nobody waits for
// (AsyncGroup, in async_group.h, waits for many). So what an Async takes by reference has to live until the
// awaiting expression is over, no longer.
//
// Whoever is to go on is put in the executor's queue; nobody resumes another one from within. So the stack
// stays flat however long a loop of awaits is, and a test's executor can choose who goes on first.
//
// Everything here belongs to the executor's thread; other threads come back to it through EventLoop. With
// g++ 12, name objects and lambdas before the co_await expression that uses them: it miscompiles temporaries
// with destructors there.
#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

namespace labday {

/// A queue of coroutines that can go on. One thread empties it.
class Executor {
 public:
  virtual ~Executor() = default;
  virtual void post(std::coroutine_handle<> ready) noexcept = 0;
};

template <class T>
class Async;

namespace async_detail {

struct PromiseBase {
  Executor* executor = nullptr;  // the awaiting coroutine's
  std::coroutine_handle<> awaiting;
  std::exception_ptr exception;

  struct Final {
    bool await_ready() const noexcept { return false; }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> ended) const noexcept {
      PromiseBase& promise = ended.promise();
      promise.executor->post(promise.awaiting);
    }
    void await_resume() const noexcept {}
  };
  std::suspend_always initial_suspend() noexcept { return {}; }
  Final final_suspend() noexcept { return {}; }
  void unhandled_exception() noexcept { exception = std::current_exception(); }
};

template <class T>
struct Promise : PromiseBase {
  std::optional<T> value;
  Async<T> get_return_object();
  void return_value(T result) { value.emplace(std::move(result)); }
  T take() {
    if (exception) std::rethrow_exception(exception);
    return std::move(*value);
  }
};

template <>
struct Promise<void> : PromiseBase {
  Async<void> get_return_object();
  void return_void() noexcept {}
  void take() const {
    if (exception) std::rethrow_exception(exception);
  }
};

}  // namespace async_detail

/// Awaited at most once. Destroyed only before it was awaited or after it has ended. An exception that leaves
/// it comes out of the co_await.
template <class T>
class [[nodiscard]] Async {
 public:
  using promise_type = async_detail::Promise<T>;
  using Handle = std::coroutine_handle<promise_type>;

  explicit Async(Handle handle) : handle_(handle) {}
  Async(Async&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Async& operator=(Async&&) = delete;
  ~Async() {
    if (handle_) handle_.destroy();
  }

  bool await_ready() const noexcept { return false; }
  template <class AwaitingPromise>
  void await_suspend(std::coroutine_handle<AwaitingPromise> awaiting) const noexcept {
    handle_.promise().executor = awaiting.promise().executor;
    handle_.promise().awaiting = awaiting;
    handle_.resume();
  }
  T await_resume() const { return handle_.promise().take(); }

 private:
  Handle handle_;
};

namespace async_detail {

template <class T>
Async<T> Promise<T>::get_return_object() {
  return Async<T>(std::coroutine_handle<Promise<T>>::from_promise(*this));
}
inline Async<void> Promise<void>::get_return_object() {
  return Async<void>(std::coroutine_handle<Promise<void>>::from_promise(*this));
}

}  // namespace async_detail

}  // namespace labday
