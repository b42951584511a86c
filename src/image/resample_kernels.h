// The inner loops of resizing, compiled for every SIMD target by Highway and chosen at run time. Integers
// only and exact, so every target gives the same bytes.
//
// Both passes are the same sum: target = clamp((2^21 + Σ K·p) >> 22) over taps p with weights K that are
// common to many bytes side by side. Vertically these are the bytes of a row. Horizontally neighbouring bytes
// have different weights; so a batch of 16 rows is transposed first, and then the 16 bytes of a column share
// them.
//
// All functions are thread-safe; none throws.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "image/resample_weights.h"

namespace labday {

inline constexpr int kBatchRows = 16;

/// value × alpha / 255, rounded as Pillow rounds it (src/libImaging/ImagingUtils.h, MULDIV255).
[[nodiscard]] constexpr std::uint8_t premultiplied(int value, int alpha) {
  const int t = value * alpha + 128;
  return static_cast<std::uint8_t>(((t >> 8) + t) >> 8);
}

/// The target byte for 2^21 + Σ K·p.
[[nodiscard]] constexpr std::uint8_t rounded_byte(std::int32_t sum) {
  return static_cast<std::uint8_t>(std::clamp(sum >> kWeightFractionBits, 0, 255));
}
inline constexpr std::int32_t kRounding = 1 << (kWeightFractionBits - 1);

/// What gather_columns() writes for each byte column: kBatchRows × (this pixel's byte, the next pixel's
/// byte).
inline constexpr std::size_t kColumnPairBytes = std::size_t{2} * kBatchRows;

/// The bytes that a buffer for `columns` byte columns needs.
[[nodiscard]] constexpr std::size_t gathered_bytes(std::size_t columns, int channels) {
  return (columns + 2 * static_cast<std::size_t>(channels) + 16) * kColumnPairBytes;
}

/// Transposes the first `columns` bytes (whole pixels) of kBatchRows rows into pairs of neighbouring pixels,
/// the neighbour of the last being 0; premultiplies by alpha, which is the last channel, where asked to.
/// Returns where column 0 begins in `buffer`, which has gathered_bytes() bytes.
const std::uint8_t* gather_columns(const std::uint8_t* const* rows, std::size_t columns, int channels,
                                   bool premultiply, std::uint8_t* buffer);

/// One batch of gathered source columns and where its results go.
struct GatheredBatch {
  const std::uint8_t* columns = nullptr;  // from gather_columns()
  std::int32_t first_x = 0;               // the source pixel of column 0
  int channels = 0;
  std::uint8_t* const* out = nullptr;  // `rows` pointers to target rows, at their pixel 0
  int rows = 0;                        // 1 to kBatchRows
};

/// Writes the target pixels [first, last) of each row of the batch; their spans lie within it.
void resample_columns(const GatheredBatch& batch, const Weights& weights, std::int32_t first,
                      std::int32_t last);

/// out[i] = the weighted sum of byte i of `taps` rows that lie `stride` bytes apart; n bytes. `out` does not
/// overlap the rows.
void resample_rows(const std::uint8_t* first_row, std::size_t stride, std::int32_t taps, const TapPair* pairs,
                   std::size_t n, std::uint8_t* out);

/// The set of SIMD targets that are compiled in, as Highway's bits; for tests.
[[nodiscard]] std::int64_t resample_targets();

}  // namespace labday
