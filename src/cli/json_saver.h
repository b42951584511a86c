// Keeps what there is of an experiment in the JSON file while it goes on.
#pragma once

#include "base/clock.h"
#include "cli/console.h"

namespace labday {

/// Saves after every round, unless that would take more than a tenth of the time: thousands of rounds of
/// milliseconds make a long file. Says once that it does not work.
class JsonSaver {
 public:
  /// `console` is borrowed.
  explicit JsonSaver(const Console& console) : console_(console) {}

  /// `make_text` is called where it is time to save.
  template <class MakeText>
  void save(MakeText make_text) {
    const Clock::time_point begin = Clock::now();
    if (failed_ || begin < next_ || !console_.keeps_json()) return;
    failed_ = !succeeded(console_.json(make_text()));
    const Clock::time_point end = Clock::now();
    next_ = end + 9 * (end - begin);
  }

 private:
  const Console& console_;
  Clock::time_point next_{};
  bool failed_ = false;
};

}  // namespace labday
