// CPU time of this process and its children over the very span whose wall time is taken.
#pragma once

#include "base/clock.h"

namespace labday {

/// Of the children of this process: those that were waited for, with their own, and those that are there.
/// What the latter have waited for is left out; workers make no processes.
[[nodiscard]] Nanoseconds children_cpu_time();

/// Of all threads of this process, those that have ended included.
[[nodiscard]] Nanoseconds own_cpu_time();

/// Made before the span, told of its beginning and its end from within, and asked for the total behind it: so
/// a thread has never more CPU time than wall time, and looking at the children is in neither.
class CpuWatch {
 public:
  CpuWatch() : children_(children_cpu_time()) {}

  void span_begins() { own_ = own_cpu_time(); }
  void span_ends() { own_ = own_cpu_time() - own_; }
  [[nodiscard]] Nanoseconds total() const { return own_ + (children_cpu_time() - children_); }

 private:
  Nanoseconds children_;
  Nanoseconds own_{0};
};

}  // namespace labday
