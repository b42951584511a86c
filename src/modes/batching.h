// How many tasks a worker is given at once.
#pragma once

#include <cstddef>

#include "base/clock.h"

namespace labday {

class Batching {
 public:
  virtual ~Batching() = default;

  /// The size of the next batch, at least 1; `remaining` tasks are not handed out yet.
  [[nodiscard]] virtual std::size_t size(std::size_t remaining) = 0;

  /// A worker took `duration` for a batch of `size`.
  virtual void completed(std::size_t size, Nanoseconds duration) = 0;
};

/// Always the same.
class FixedBatching final : public Batching {
 public:
  explicit FixedBatching(std::size_t size) : size_(size) {}
  [[nodiscard]] std::size_t size(std::size_t) override { return size_; }
  void completed(std::size_t, Nanoseconds) override {}

 private:
  std::size_t size_;
};

/// joblib's `auto` (AutoBatchingMixin.compute_batch_size and Parallel.dispatch_one_batch, joblib 1.3): begins
/// with 1; while a batch takes less than 0.2 s, the size that would take 0.4 s, but at most the double; above
/// 2 s, the size that would take 0.4 s. Durations are smoothed, 0.8 of the old and 0.2 of the new, beginning
/// afresh with every change. When fewer tasks remain than a batch for each worker: a tenth of a worker's
/// share.
///
/// joblib measures from dispatch on, waiting included; here a duration is the work alone.
class AdaptiveBatching final : public Batching {
 public:
  explicit AdaptiveBatching(int workers) : workers_(static_cast<std::size_t>(workers)) {}
  [[nodiscard]] std::size_t size(std::size_t remaining) override;
  void completed(std::size_t size, Nanoseconds duration) override;

 private:
  void adapt();

  std::size_t workers_;
  std::size_t size_ = 1;
  double smoothed_seconds_ = 0;  // 0: not known for this size
};

}  // namespace labday
