// The three seams of coroutines, in one hand: whatever could go on next lies here until a test lets it. With
// a seeded generator it explores orders that no clock would ever produce, and the same ones each time.
#pragma once

#include <cerrno>
#include <coroutine>
#include <cstddef>
#include <functional>
#include <random>
#include <utility>
#include <vector>

#include "transport/async_group.h"
#include "transport/ring.h"
#include "transport/thread_pool.h"

namespace labday::testing {

class ManualScheduler final : public Executor, public WorkQueue, public FileCaller {
 public:
  explicit ManualScheduler(unsigned seed) : random_(seed) {}

  void post(std::coroutine_handle<> ready) noexcept override { ready_.push_back(ready); }
  void submit(Work& work) override { works_.push_back(&work); }
  void begin(Pending& pending) override {
    if (call_begins) call_begins(pending.call);
    calls_.push_back(&pending);
  }

  /// Lets one of all those who could go on do so; false when there is nobody.
  bool step() {
    const std::size_t all = ready_.size() + works_.size() + calls_.size();
    if (all == 0) return false;
    std::size_t chosen = number(all);
    if (chosen < ready_.size()) {
      take(ready_, chosen).resume();
    } else if ((chosen -= ready_.size()) < works_.size()) {
      Work* const work = take(works_, chosen);
      work->body();
      post(work->waiting);
    } else {
      Pending* const pending = take(calls_, chosen - works_.size());
      pending->answer = answer ? answer(pending->call) : execute(pending->call);
      post(pending->waiting);
    }
    return true;
  }

  /// Runs `main` until nobody can go on, calling `between` before each step; true if it came to its end.
  bool run(
      Async<void> main, const std::function<void()>& between = [] {}) {
    bool ended = false;
    const auto whole = [](Async<void> work, bool& over) -> Async<void> {
      co_await work;
      over = true;
    };
    AsyncGroup group(*this);
    group.spawn(whole(std::move(main), ended));
    do {
      between();
    } while (step());
    return ended;
  }

  /// 0 … count - 1
  std::size_t number(std::size_t count) {
    return std::uniform_int_distribution<std::size_t>(0, count - 1)(random_);
  }
  bool one_in(std::size_t count) { return number(count) == 0; }

  std::function<void(const FileCall&)> call_begins;
  std::function<FileAnswer(const FileCall&)> answer;  // in place of execute()

 private:
  template <class T>
  static T take(std::vector<T>& from, std::size_t index) {
    const T taken = from[index];
    from.erase(from.begin() + static_cast<std::ptrdiff_t>(index));
    return taken;
  }

  std::mt19937 random_;
  std::vector<std::coroutine_handle<>> ready_;
  std::vector<Work*> works_;
  std::vector<Pending*> calls_;
};

}  // namespace labday::testing
