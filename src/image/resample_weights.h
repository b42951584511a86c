// How much each source pixel counts in a target pixel: Pillow's weights, digit for digit.
//
// Formulas: Pillow 9.4, src/libImaging/Resample.c (precompute_coeffs, normalize_coeffs_8bpc and the filters).
// With scale = in / out, filter scale s = max(scale, 1) and support = s × the filter's own, target pixel i
// has its centre at c = (i + 0.5) × scale and takes the source pixels
//   [max(0, trunc(c - support + 0.5)), min(in, trunc(c + support + 0.5)))
// with weights filter((j - c + 0.5) × (1 / s)), summed up in order and divided by the sum, in doubles without
// contraction. Then fixed point: trunc(w × 2^22 ± 0.5) with the sign of w, not normalised again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "image/resample.h"

namespace labday {

inline constexpr int kWeightFractionBits = 22;
inline constexpr int kWeightLowBits = 8;

/// The weights of two neighbouring taps, each split as K = high × 2^8 + low, so that 16-bit multiply-adds
/// give exact sums. The first tap's half is in bits 0-15, the second's in bits 16-31. `low` is in [-128,
/// 127], so that |low| <= |K| and sums of either half stay within 32 bits for any number of taps.
struct TapPair {
  std::int32_t high = 0;
  std::int32_t low = 0;
};

/// The full weight of the first (0) or second (1) tap.
[[nodiscard]] constexpr std::int32_t weight(TapPair pair, int tap) {
  const auto half = [tap](std::int32_t packed) {
    return static_cast<std::int16_t>(static_cast<std::uint32_t>(packed) >> (16 * tap));
  };
  return half(pair.high) * (1 << kWeightLowBits) + half(pair.low);
}

/// The source pixels that count in one target pixel: [first, first + count).
struct TapSpan {
  std::int32_t first = 0;
  std::int32_t count = 0;
};

/// The weights of one axis. Immutable and thread-safe once made; memory is 4 bytes × taps × `out`.
class Weights {
 public:
  /// `in` and `out` are at least 1, and `filter` is any but nearest. May throw std::bad_alloc.
  Weights(std::int32_t in, std::int32_t out, Filter filter);

  [[nodiscard]] std::int32_t size() const { return static_cast<std::int32_t>(spans_.size()); }
  [[nodiscard]] TapSpan span(std::int32_t i) const { return spans_[static_cast<std::size_t>(i)]; }

  /// ceil(span(i).count / 2) pairs; the second weight of the last is 0 where the count is odd.
  [[nodiscard]] const TapPair* pairs(std::int32_t i) const {
    return pairs_.data() + static_cast<std::size_t>(i) * pairs_each_;
  }

  /// The largest span(i).count.
  [[nodiscard]] std::int32_t max_count() const { return max_count_; }

 private:
  std::int32_t max_count_ = 0;
  std::size_t pairs_each_ = 0;
  std::vector<TapSpan> spans_;
  std::vector<TapPair> pairs_;
};

}  // namespace labday
