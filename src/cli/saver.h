// Keeps what there is of an experiment in a file while it goes on.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "base/clock.h"
#include "cli/console.h"

namespace labday {

/// Saves after every round, until that has taken `free` in all; from then on it takes a tenth of the time at
/// most: thousands of rounds of milliseconds make a long file. Says once that it does not work.
class Saver {
 public:
  using Write = std::function<Result<void>(const std::string&)>;
  explicit Saver(Write write, Nanoseconds free = Nanoseconds(0)) : write_(std::move(write)), free_(free) {}

  /// `make_text` is called where it is time to save.
  template <class MakeText>
  void save(MakeText make_text) {
    const Clock::time_point begin = Clock::now();
    if (failed_ || begin < next_) return;
    failed_ = !succeeded(write_(make_text()));
    const Clock::time_point end = Clock::now();
    taken_ += end - begin;
    if (taken_ > free_) next_ = end + 9 * (end - begin);
  }

 private:
  Write write_;
  Nanoseconds free_;
  Nanoseconds taken_{0};
  Clock::time_point next_{};
  bool failed_ = false;
};

}  // namespace labday
