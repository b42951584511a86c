// Highway compiles this file once for each SIMD target: foreach_target.h includes it again and again. The
// plain fallback (SCALAR with GCC) has loops of its own, since it has no vectors of 16 bytes to transpose.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "image/resample_kernels.cc"
// Scalable vectors cannot be kept in arrays, as the transposition does; those processors use NEON or the
// fallback.
#ifndef HWY_DISABLED_TARGETS
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#endif
// The plain fallback is compiled too where the compiler's baseline is better, so that tests can compare with
// it.
#define HWY_COMPILE_ALL_ATTAINABLE
#include "image/resample_kernels.h"

#include <hwy/foreach_target.h>  // must come before highway.h
#include <hwy/highway.h>

#include <algorithm>
#include <cstring>

HWY_BEFORE_NAMESPACE();
namespace labday {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

constexpr int kHighShift = kWeightFractionBits - kWeightLowBits;

#if HWY_TARGET == HWY_SCALAR

const std::uint8_t* GatherColumns(const std::uint8_t* const* rows, std::size_t columns, int channels,
                                  bool premultiply, std::uint8_t* buffer) {
  const auto step = static_cast<std::size_t>(channels);
  for (std::size_t r = 0; r < kBatchRows; ++r) {
    for (std::size_t i = 0; i < columns; ++i) {
      const std::size_t alpha = i / step * step + step - 1;
      const std::uint8_t value =
          premultiply && i != alpha ? premultiplied(rows[r][i], rows[r][alpha]) : rows[r][i];
      buffer[i * kColumnPairBytes + 2 * r] = value;
      if (i >= step) buffer[(i - step) * kColumnPairBytes + 2 * r + 1] = value;
      if (i + step >= columns) buffer[i * kColumnPairBytes + 2 * r + 1] = 0;
    }
  }
  return buffer;
}

void ResampleColumns(const GatheredBatch& batch, const Weights& weights, std::int32_t first,
                     std::int32_t last) {
  const auto step = static_cast<std::size_t>(batch.channels);
  for (std::int32_t x = first; x < last; ++x) {
    const TapSpan span = weights.span(x);
    const TapPair* pairs = weights.pairs(x);
    const std::uint8_t* column =
        batch.columns + static_cast<std::size_t>(span.first - batch.first_x) * step * kColumnPairBytes;
    for (std::size_t c = 0; c < step; ++c, column += kColumnPairBytes) {
      std::int32_t sums[kBatchRows];
      std::fill_n(sums, kBatchRows, kRounding);
      const std::uint8_t* tap = column;
      for (std::int32_t j = 0; j < span.count; j += 2, tap += 2 * step * kColumnPairBytes) {
        const std::int32_t k0 = weight(pairs[j / 2], 0);
        const std::int32_t k1 = weight(pairs[j / 2], 1);
        for (int r = 0; r < kBatchRows; ++r) sums[r] += k0 * tap[2 * r] + k1 * tap[2 * r + 1];
      }
      for (int r = 0; r < batch.rows; ++r)
        batch.out[r][static_cast<std::size_t>(x) * step + c] = rounded_byte(sums[r]);
    }
  }
}

void ResampleRows(const std::uint8_t* first_row, std::size_t stride, std::int32_t taps, const TapPair* pairs,
                  std::size_t n, std::uint8_t* out) {
  constexpr std::size_t kBlock = 256;
  std::int32_t sums[kBlock];
  for (std::size_t begin = 0; begin < n; begin += kBlock) {
    const std::size_t size = std::min(kBlock, n - begin);
    std::fill_n(sums, size, kRounding);
    const std::uint8_t* row = first_row + begin;
    for (std::int32_t j = 0; j < taps; ++j, row += stride) {
      const std::int32_t k = weight(pairs[j / 2], j % 2);
      for (std::size_t i = 0; i < size; ++i) sums[i] += k * row[i];
    }
    for (std::size_t i = 0; i < size; ++i) out[begin + i] = rounded_byte(sums[i]);
  }
}

#else  // vectors of at least 16 bytes

using Bytes16 = hn::FixedTag<std::uint8_t, 16>;
using Block = hn::VFromD<Bytes16>;

/// Each round moves one bit of the row number into the column number and one the other way.
HWY_INLINE void Transpose(Block (&block)[16]) {
  const Bytes16 d;
  for (int round = 0; round < 4; ++round) {
    Block next[16];
    for (std::size_t i = 0; i < 8; ++i) {
      next[2 * i] = hn::InterleaveLower(d, block[i], block[i + 8]);
      next[2 * i + 1] = hn::InterleaveUpper(d, block[i], block[i + 8]);
    }
    for (int i = 0; i < 16; ++i) block[i] = next[i];
  }
}

/// Both halves of Σ K·p for each pair of 16-bit lanes. Targets add up in one register or in two (even and odd
/// products, or lower and upper), which RearrangeToOddPlusEven() joins.
template <class D32>
class WeightedSum {
 public:
  using V = hn::VFromD<D32>;

  // Written out, since an implicit constructor would not be compiled for the target.
  HWY_INLINE WeightedSum() : high0_(hn::Zero(D32())), high1_(high0_), low0_(high0_), low1_(high0_) {}

  template <class V16>
  HWY_INLINE void Add(V16 values, TapPair pair) {
    const hn::Repartition<std::int16_t, D32> d16;
    const V16 high = hn::BitCast(d16, hn::Set(D32(), pair.high));
    const V16 low = hn::BitCast(d16, hn::Set(D32(), pair.low));
    high0_ = hn::ReorderWidenMulAccumulate(D32(), values, high, high0_, high1_);
    low0_ = hn::ReorderWidenMulAccumulate(D32(), values, low, low0_, low1_);
  }

  /// (2^21 + Σ K·p) >> 22. Nested shifts round down exactly as one shift of the full sum does.
  HWY_INLINE V Rounded() const {
    const V low = hn::ShiftRight<kWeightLowBits>(hn::RearrangeToOddPlusEven(low0_, low1_));
    const V high =
        hn::Add(hn::RearrangeToOddPlusEven(high0_, high1_), hn::Set(D32(), kRounding >> kWeightLowBits));
    return hn::ShiftRight<kHighShift>(hn::Add(high, low));
  }

 private:
  V high0_, high1_, low0_, low1_;
};

/// Multiplies each colour column of a block by the alpha column of its pixel.
HWY_INLINE void Premultiply(std::uint8_t* columns, std::size_t channels) {
  const hn::FixedTag<std::uint8_t, 8> d8;
  const hn::FixedTag<std::uint16_t, 8> d16;
  const hn::FixedTag<std::int16_t, 8> di16;
  const auto half = hn::Set(d16, 128);
  for (std::size_t pixel = 0; pixel < 16; pixel += channels) {
    for (std::size_t part = 0; part < 16; part += 8) {
      const auto alpha = hn::PromoteTo(d16, hn::Load(d8, columns + (pixel + channels - 1) * 16 + part));
      for (std::size_t c = 0; c + 1 < channels; ++c) {
        std::uint8_t* column = columns + (pixel + c) * 16 + part;
        const auto t = hn::Add(hn::Mul(hn::PromoteTo(d16, hn::Load(d8, column)), alpha), half);
        const auto scaled = hn::ShiftRight<8>(hn::Add(hn::ShiftRight<8>(t), t));
        hn::Store(hn::DemoteTo(d8, hn::BitCast(di16, scaled)), d8, column);
      }
    }
  }
}

const std::uint8_t* GatherColumns(const std::uint8_t* const* rows, std::size_t columns, int channels,
                                  bool premultiply, std::uint8_t* buffer) {
  const Bytes16 d;
  const auto step = static_cast<std::size_t>(channels);
  // A pair needs the next pixel, so each block's last `step` columns wait in front for the following block.
  alignas(64) std::uint8_t waiting[(4 + 16) * 16] = {};
  std::uint8_t* fresh = waiting + step * 16;
  std::uint8_t* to = buffer;
  for (std::size_t begin = 0; begin < columns + step; begin += 16) {
    Block block[16];
    if (begin + 16 <= columns) {
      for (int r = 0; r < 16; ++r) block[r] = hn::LoadU(d, rows[r] + begin);
    } else {
      const std::size_t rest = begin < columns ? columns - begin : 0;
      for (int r = 0; r < 16; ++r) {
        alignas(16) std::uint8_t tail[16] = {};
        std::memcpy(tail, rows[r] + columns - rest, rest);
        block[r] = hn::Load(d, tail);
      }
    }
    Transpose(block);
    for (std::size_t i = 0; i < 16; ++i) hn::Store(block[i], d, fresh + i * 16);
    if (premultiply) Premultiply(fresh, step);
    for (std::size_t i = 0; i < 16; ++i, to += kColumnPairBytes) {
      const Block left = hn::Load(d, waiting + i * 16);
      const Block right = hn::Load(d, fresh + i * 16);
      hn::StoreU(hn::InterleaveLower(d, left, right), d, to);
      hn::StoreU(hn::InterleaveUpper(d, left, right), d, to + 16);
    }
    std::memcpy(waiting, waiting + std::size_t{16} * 16, step * 16);
  }
  return buffer + step * kColumnPairBytes;
}

/// One target column: kBatchRows bytes from taps that lie `tap_stride` bytes apart.
HWY_INLINE void ResampleColumn(const std::uint8_t* column, std::size_t tap_stride, const TapPair* pairs,
                               std::int32_t taps, std::uint8_t* out) {
  const hn::CappedTag<std::int16_t, kColumnPairBytes> d16;
  const hn::Rebind<std::uint8_t, decltype(d16)> d8;
  const hn::Repartition<std::int32_t, decltype(d16)> d32;
  const hn::Rebind<std::uint8_t, decltype(d32)> d8_out;
  for (std::size_t part = 0; part < kColumnPairBytes; part += hn::Lanes(d16)) {
    WeightedSum<decltype(d32)> sum;
    const std::uint8_t* tap = column + part;
    for (std::int32_t j = 0; j < taps; j += 2, tap += 2 * tap_stride) {
      sum.Add(hn::PromoteTo(d16, hn::LoadU(d8, tap)), pairs[j / 2]);
    }
    hn::StoreU(hn::DemoteTo(d8_out, sum.Rounded()), d8_out, out + part / 2);
  }
}

template <std::size_t kChannels>
void ResampleColumnsOf(const GatheredBatch& batch, const Weights& weights, std::int32_t first,
                       std::int32_t last) {
  const Bytes16 d;
  constexpr std::size_t kStride = kChannels * kColumnPairBytes;
  alignas(64) std::uint8_t columns[16 * kChannels * 16] = {};
  for (std::int32_t x = first; x < last; x += 16) {
    const std::int32_t pixels = std::min(16, last - x);
    std::uint8_t* to = columns;
    for (std::int32_t k = 0; k < pixels; ++k) {
      const TapSpan span = weights.span(x + k);
      const std::uint8_t* from =
          batch.columns + static_cast<std::size_t>(span.first - batch.first_x) * kStride;
      for (std::size_t c = 0; c < kChannels; ++c, from += kColumnPairBytes, to += 16) {
        ResampleColumn(from, kStride, weights.pairs(x + k), span.count, to);
      }
    }
    const std::size_t bytes = static_cast<std::size_t>(pixels) * kChannels;
    for (std::size_t begin = 0; begin < bytes; begin += 16) {
      Block block[16];
      for (std::size_t i = 0; i < 16; ++i) block[i] = hn::Load(d, columns + (begin + i) * 16);
      Transpose(block);
      const std::size_t offset = static_cast<std::size_t>(x) * kChannels + begin;
      for (int r = 0; r < batch.rows; ++r) {
        if (begin + 16 <= bytes) {
          hn::StoreU(block[r], d, batch.out[r] + offset);
        } else {
          alignas(16) std::uint8_t tail[16];
          hn::Store(block[r], d, tail);
          std::memcpy(batch.out[r] + offset, tail, bytes - begin);
        }
      }
    }
  }
}

void ResampleColumns(const GatheredBatch& batch, const Weights& weights, std::int32_t first,
                     std::int32_t last) {
  switch (batch.channels) {
    case 1:
      return ResampleColumnsOf<1>(batch, weights, first, last);
    case 2:
      return ResampleColumnsOf<2>(batch, weights, first, last);
    case 3:
      return ResampleColumnsOf<3>(batch, weights, first, last);
    default:
      return ResampleColumnsOf<4>(batch, weights, first, last);
  }
}

/// One vector of target bytes.
template <class D8>
HWY_INLINE hn::VFromD<D8> ResampleRowVector(D8 d8, const std::uint8_t* row, std::size_t stride,
                                            std::int32_t taps, const TapPair* pairs) {
  const hn::Repartition<std::int16_t, D8> d16;
  const hn::Repartition<std::uint16_t, D8> du16;
  using Sum = WeightedSum<hn::Repartition<std::int32_t, D8>>;
  // Even and odd bytes go apart, so that no byte crosses its 16-byte block on the way there and back.
  Sum even_lower, even_upper, odd_lower, odd_upper;
  const auto low_byte = hn::Set(d16, 0xFF);
  for (std::int32_t j = 0; j < taps; j += 2, row += 2 * stride) {
    const auto a = hn::BitCast(d16, hn::LoadU(d8, row));
    // There is no further row after an odd number of taps; its weight is 0.
    const auto b = hn::BitCast(d16, hn::LoadU(d8, j + 1 < taps ? row + stride : row));
    const auto a_even = hn::And(a, low_byte);
    const auto b_even = hn::And(b, low_byte);
    const auto a_odd = hn::BitCast(d16, hn::ShiftRight<8>(hn::BitCast(du16, a)));
    const auto b_odd = hn::BitCast(d16, hn::ShiftRight<8>(hn::BitCast(du16, b)));
    const TapPair pair = pairs[j / 2];
    even_lower.Add(hn::InterleaveLower(d16, a_even, b_even), pair);
    even_upper.Add(hn::InterleaveUpper(d16, a_even, b_even), pair);
    odd_lower.Add(hn::InterleaveLower(d16, a_odd, b_odd), pair);
    odd_upper.Add(hn::InterleaveUpper(d16, a_odd, b_odd), pair);
  }
  const auto clamped = [d16](const Sum& lower, const Sum& upper) HWY_ATTR {
    const auto both = hn::ReorderDemote2To(d16, lower.Rounded(), upper.Rounded());
    return hn::Min(hn::Max(both, hn::Zero(d16)), hn::Set(d16, 255));
  };
  const auto even = clamped(even_lower, even_upper);
  const auto odd = clamped(odd_lower, odd_upper);
  return hn::BitCast(d8, hn::Or(even, hn::ShiftLeft<8>(odd)));
}

void ResampleRows(const std::uint8_t* first_row, std::size_t stride, std::int32_t taps, const TapPair* pairs,
                  std::size_t n, std::uint8_t* out) {
  const hn::ScalableTag<std::uint8_t> d8;
  const std::size_t lanes = hn::Lanes(d8);
  std::size_t i = 0;
  for (; i + lanes <= n; i += lanes) {
    hn::StoreU(ResampleRowVector(d8, first_row + i, stride, taps, pairs), d8, out + i);
  }
  if (i == n) return;
  if (n >= lanes) {
    // The last vector overlaps the one before, which writes the same bytes again.
    i = n - lanes;
    hn::StoreU(ResampleRowVector(d8, first_row + i, stride, taps, pairs), d8, out + i);
    return;
  }
  for (; i < n; ++i) {
    std::int32_t sum = kRounding;
    const std::uint8_t* byte = first_row + i;
    for (std::int32_t j = 0; j < taps; ++j, byte += stride) sum += weight(pairs[j / 2], j % 2) * *byte;
    out[i] = rounded_byte(sum);
  }
}

#endif

}  // namespace HWY_NAMESPACE
}  // namespace labday
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace labday {

HWY_EXPORT(GatherColumns);
HWY_EXPORT(ResampleColumns);
HWY_EXPORT(ResampleRows);

const std::uint8_t* gather_columns(const std::uint8_t* const* rows, std::size_t columns, int channels,
                                   bool premultiply, std::uint8_t* buffer) {
  return HWY_DYNAMIC_DISPATCH(GatherColumns)(rows, columns, channels, premultiply, buffer);
}

void resample_columns(const GatheredBatch& batch, const Weights& weights, std::int32_t first,
                      std::int32_t last) {
  HWY_DYNAMIC_DISPATCH(ResampleColumns)(batch, weights, first, last);
}

void resample_rows(const std::uint8_t* first_row, std::size_t stride, std::int32_t taps, const TapPair* pairs,
                   std::size_t n, std::uint8_t* out) {
  HWY_DYNAMIC_DISPATCH(ResampleRows)(first_row, stride, taps, pairs, n, out);
}

std::int64_t resample_targets() { return HWY_TARGETS; }

}  // namespace labday
#endif
