#include "transport/event_loop.h"

#include "transport/async_group.h"

namespace labday {

void ConditionSleep::sleep() {
  std::unique_lock lock(mutex_);
  woken_.wait(lock, [&] { return awake_; });
  awake_ = false;
}

void ConditionSleep::wake() noexcept {
  {
    const std::lock_guard lock(mutex_);
    awake_ = true;
  }
  woken_.notify_one();
}

void EventLoop::arrive(std::coroutine_handle<> ready) noexcept {
  // Waking under the lock: as soon as the loop has taken the last arrival it may be gone.
  const std::lock_guard lock(mutex_);
  arrived_.push_back(ready);
  if (arrived_.size() == 1) sleep_.wake();  // one that was there before has woken it already
}

void EventLoop::take_arrivals() {
  {
    const std::lock_guard lock(mutex_);
    taken_.swap(arrived_);
  }
  for (const std::coroutine_handle<> ready : taken_) ready_.push_back(ready);
  taken_.clear();
}

void EventLoop::run(Async<void> main) {
  bool ended = false;
  const auto whole = [](Async<void> work, bool& over) -> Async<void> {
    co_await work;
    over = true;
  };
  AsyncGroup group(*this);
  group.spawn(whole(std::move(main), ended));
  while (true) {
    take_arrivals();
    while (!ready_.empty()) {
      const std::coroutine_handle<> next = ready_.front();
      ready_.pop_front();
      next.resume();
    }
    if (ended) return;
    sleep_.sleep();
  }
}

}  // namespace labday
