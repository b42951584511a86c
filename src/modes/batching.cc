#include "modes/batching.h"

#include <algorithm>

namespace labday {
namespace {

constexpr double kShortestSeconds = 0.2;
constexpr double kLongestSeconds = 2;
constexpr double kOldShare = 0.8;

}  // namespace

std::size_t AdaptiveBatching::size(std::size_t remaining) {
  adapt();
  if (remaining < size_ * workers_) return std::max<std::size_t>(1, remaining / (10 * workers_));
  return size_;
}

void AdaptiveBatching::adapt() {
  if (smoothed_seconds_ <= 0) return;
  const auto ideal =
      static_cast<std::size_t>(static_cast<double>(size_) * kShortestSeconds / smoothed_seconds_);
  std::size_t wanted = size_;
  if (smoothed_seconds_ < kShortestSeconds) {
    wanted = std::max<std::size_t>(1, std::min(2 * size_, 2 * ideal));
  } else if (smoothed_seconds_ > kLongestSeconds && size_ >= 2) {
    wanted = std::max<std::size_t>(1, 2 * ideal);
  }
  if (wanted != size_) {
    size_ = wanted;
    smoothed_seconds_ = 0;
  }
}

void AdaptiveBatching::completed(std::size_t size, Nanoseconds duration) {
  // Batches of an earlier size, and those of the end, say nothing about this one.
  if (size != size_) return;
  const double seconds = to_seconds(duration);
  smoothed_seconds_ =
      smoothed_seconds_ <= 0 ? seconds : kOldShare * smoothed_seconds_ + (1 - kOldShare) * seconds;
}

}  // namespace labday
