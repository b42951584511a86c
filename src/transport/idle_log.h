// When a thread of a pool had nothing to do. A few spans, however often that was: where there are more, the
// two that are closest together become one, which still knows how much of it was idle.
#pragma once

#include <cstddef>
#include <mutex>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/kernel_figures.h"

namespace labday {

/// Since the epoch of the clock. `idle` of it the thread waited, all of it unless spans were joined.
struct IdleSpan {
  Nanoseconds begin{0};
  Nanoseconds end{0};
  Nanoseconds idle{0};
  bool operator==(const IdleSpan&) const = default;
};

/// Joins those that are closest together until there are at most `most`, one at least.
void limit_spans(std::vector<IdleSpan>& spans, std::size_t most);

/// Of one thread. Others may ask at any time.
class IdleLog {
 public:
  static constexpr std::size_t kMostSpans = 100;
  static constexpr Nanoseconds kShortest = std::chrono::microseconds(1);  // shorter waits are none

  /// The thread that calls it is the one that is logged; before begin() and end().
  void introduce();
  void begin();
  void end();

  /// What there is up to `until`, in order; the wait that is still going on included.
  [[nodiscard]] std::vector<IdleSpan> spans(Nanoseconds until) const;

  /// Of the thread, while it lives.
  [[nodiscard]] KernelFigures kernel_figures() const;

 private:
  mutable std::mutex mutex_;
  int thread_ = 0;                      // all guarded by mutex_
  std::optional<Nanoseconds> waiting_;  // since
  std::vector<IdleSpan> spans_;
};

}  // namespace labday
