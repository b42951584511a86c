#include "image/png_filter.h"

#include <algorithm>
#include <cassert>
#include <cstdlib>
#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "image/png_filter.cc"
// This file is compiled once for every target by foreach_target.h, which has to come before highway.h.
// clang-format off
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace labday::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

using Tag = hn::CappedTag<std::uint8_t, 64>;
using Vec = hn::Vec<Tag>;

HWY_INLINE Vec abs_difference(Vec a, Vec b) { return hn::Or(hn::SaturatedSub(a, b), hn::SaturatedSub(b, a)); }

HWY_INLINE Vec predict_average(Vec left, Vec up) {
  const Vec differs = hn::Xor(left, up);
#if HWY_TARGET == HWY_SVE || HWY_TARGET == HWY_SVE_256
  // Without SVE2 Highway 1.0's AverageRound() adds in eight bits, and loses the ninth.
  return hn::Add(hn::And(left, up), hn::ShiftRight<1>(differs));
#else
  // AverageRound() rounds up; PNG wants the floor.
  return hn::Sub(hn::AverageRound(left, up), hn::And(differs, hn::Set(Tag(), 1)));
#endif
}

// PNG compares |p - left|, |p - up| and |p - corner|, where p = left + up - corner takes ten bits. In eight:
// the first two are |up - corner| and |left - corner|. The third matters only where the corner lies between
// the other two, and there it is the difference of the first two; elsewhere it is their sum, and any value
// not below the greater of them leaves the choice as it is.
HWY_INLINE Vec predict_paeth(Vec left, Vec up, Vec corner) {
  const Vec up_above = hn::SaturatedSub(up, corner);
  const Vec up_below = hn::SaturatedSub(corner, up);
  const Vec left_above = hn::SaturatedSub(left, corner);
  const Vec left_below = hn::SaturatedSub(corner, left);
  const Vec to_left = hn::Or(up_above, up_below);
  const Vec to_up = hn::Or(left_above, left_below);
  const Vec to_corner = hn::Max(abs_difference(up_above, left_below), abs_difference(up_below, left_above));
  const Vec least = hn::Min(to_up, to_corner);
  const Vec up_or_corner = hn::IfThenElse(hn::Eq(to_up, least), up, corner);
  return hn::IfThenElse(hn::Eq(hn::Min(to_left, least), to_left), left, up_or_corner);
}

/// `now` and `above` have pixel_bytes before them.
template <PngFilter kFilter>
HWY_INLINE void difference(const std::uint8_t* now, const std::uint8_t* above, std::size_t pixel_bytes,
                           std::uint8_t* out) {
  const Tag tag;
  const Vec value = hn::LoadU(tag, now);
  Vec predicted = hn::Zero(tag);
  if constexpr (kFilter == PngFilter::sub) predicted = hn::LoadU(tag, now - pixel_bytes);
  if constexpr (kFilter == PngFilter::up) predicted = hn::LoadU(tag, above);
  if constexpr (kFilter == PngFilter::average) {
    predicted = predict_average(hn::LoadU(tag, now - pixel_bytes), hn::LoadU(tag, above));
  }
  if constexpr (kFilter == PngFilter::paeth) {
    predicted = predict_paeth(hn::LoadU(tag, now - pixel_bytes), hn::LoadU(tag, above),
                              hn::LoadU(tag, above - pixel_bytes));
  }
  hn::StoreU(hn::Sub(value, predicted), tag, out);
}

/// Bytes that have a pixel to their left, at least a vector of them.
template <PngFilter kFilter>
void differences(const std::uint8_t* now, const std::uint8_t* above, std::size_t n, std::size_t pixel_bytes,
                 std::uint8_t* out) {
  const std::size_t lanes = hn::Lanes(Tag());
  std::size_t i = 0;
  for (; i + lanes <= n; i += lanes) difference<kFilter>(now + i, above + i, pixel_bytes, out + i);
  // The last vector overlaps the one before it, which writes the same bytes again.
  i = n - lanes;
  difference<kFilter>(now + i, above + i, pixel_bytes, out + i);
}

void all_differences(PngFilter filter, const std::uint8_t* now, const std::uint8_t* above, std::size_t n,
                     std::size_t pixel_bytes, std::uint8_t* out) {
  switch (filter) {
    case PngFilter::none:
      return differences<PngFilter::none>(now, above, n, pixel_bytes, out);
    case PngFilter::sub:
      return differences<PngFilter::sub>(now, above, n, pixel_bytes, out);
    case PngFilter::up:
      return differences<PngFilter::up>(now, above, n, pixel_bytes, out);
    case PngFilter::average:
      return differences<PngFilter::average>(now, above, n, pixel_bytes, out);
    case PngFilter::paeth:
      return differences<PngFilter::paeth>(now, above, n, pixel_bytes, out);
  }
}

std::size_t vector_bytes() { return hn::Lanes(Tag()); }

/// Two bytes come before the first; returns the sum of as many whole vectors as there are.
std::uint64_t cost_of_vectors(const std::uint8_t* differences, std::size_t n, const std::uint8_t* costs) {
#if HWY_TARGET == HWY_SCALAR  // has neither SumsOf8() nor byte lookups
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const std::uint8_t* d = differences + i;
    const int magnitude = std::abs(static_cast<std::int8_t>(*d));
    if (d[0] != *(d - 1) || d[0] != *(d - 2)) sum += costs[std::min(magnitude, 15)];
  }
  return sum;
#else
  const Tag tag;
  const hn::Repartition<std::uint64_t, Tag> sum_tag;
  const Vec table = hn::LoadDup128(tag, costs);
  const Vec most = hn::Set(tag, 15);
  const std::size_t lanes = hn::Lanes(tag);
  auto sum = hn::Zero(sum_tag);
  for (std::size_t i = 0; i + lanes <= n; i += lanes) {
    const Vec now = hn::LoadU(tag, differences + i);
    const Vec before = hn::LoadU(tag, differences + i - 1);
    const Vec second = hn::LoadU(tag, differences + i - 2);
    const Vec changes = hn::Or(hn::Xor(now, before), hn::Xor(now, second));
    const Vec magnitude = hn::Min(hn::Min(now, hn::Sub(hn::Zero(tag), now)), most);
    const Vec cost = hn::TableLookupBytes(table, magnitude);
    sum = hn::Add(sum, hn::SumsOf8(hn::IfThenZeroElse(hn::Eq(changes, hn::Zero(tag)), cost)));
  }
  return hn::GetLane(hn::SumOfLanes(sum_tag, sum));
#endif
}

}  // namespace
}  // namespace labday::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace labday {

HWY_EXPORT(all_differences);
HWY_EXPORT(cost_of_vectors);
HWY_EXPORT(vector_bytes);

namespace {

int predict(PngFilter filter, int left, int up, int corner) {
  switch (filter) {
    case PngFilter::none:
      return 0;
    case PngFilter::sub:
      return left;
    case PngFilter::up:
      return up;
    case PngFilter::average:
      return (left + up) / 2;
    case PngFilter::paeth:
      break;
  }
  const int to_left = std::abs(up - corner);
  const int to_up = std::abs(left - corner);
  const int to_corner = std::abs(left + up - 2 * corner);
  if (to_left <= to_up && to_left <= to_corner) return left;
  return to_up <= to_corner ? up : corner;
}

}  // namespace

void filter_png_row(PngFilter filter, const PngRow& row, std::size_t first, std::size_t last,
                    std::uint8_t* out) {
  assert(first <= last && last <= row.bytes);
  std::size_t i = first;
  const auto plain = [&](std::size_t end) {
    for (; i < end; ++i) {
      const bool edge = i < row.pixel_bytes;
      const int left = edge ? 0 : row.now[i - row.pixel_bytes];
      const int corner = edge ? 0 : row.above[i - row.pixel_bytes];
      out[i - first] = static_cast<std::uint8_t>(row.now[i] - predict(filter, left, row.above[i], corner));
    }
  };
  plain(std::min(last, row.pixel_bytes));
  if (last - i < HWY_DYNAMIC_DISPATCH(vector_bytes)()) return plain(last);
  HWY_DYNAMIC_DISPATCH(all_differences)
  (filter, row.now + i, row.above + i, last - i, row.pixel_bytes, out + (i - first));
}

std::uint64_t difference_cost(const std::uint8_t* differences, std::size_t size,
                              const DifferenceCosts& costs) {
  if (size <= 2) return 0;
  const std::size_t n = size - 2;
  const std::size_t whole = n - n % HWY_DYNAMIC_DISPATCH(vector_bytes)();
  std::uint64_t sum = HWY_DYNAMIC_DISPATCH(cost_of_vectors)(differences + 2, whole, costs.data());
  for (std::size_t i = 2 + whole; i < size; ++i) {
    const std::uint8_t d = differences[i];
    if (d == differences[i - 1] && d == differences[i - 2]) continue;
    sum += costs[static_cast<std::size_t>(std::min(std::abs(static_cast<std::int8_t>(d)), 15))];
  }
  return sum;
}

}  // namespace labday
#endif  // HWY_ONCE
