#include "image/png_filter.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

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

using Tag = hn::CappedTag<std::uint8_t, kPngLinePadding>;
using Vec = hn::Vec<Tag>;

HWY_INLINE Vec abs_difference(Vec a, Vec b) { return hn::Or(hn::SaturatedSub(a, b), hn::SaturatedSub(b, a)); }

HWY_INLINE Vec predict_average(Vec left, Vec up) {
  // AverageRound() rounds up; PNG wants the floor.
  return hn::Sub(hn::AverageRound(left, up), hn::And(hn::Xor(left, up), hn::Set(Tag(), 1)));
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

// Both rows have their padding; so has `out`.
template <PngFilter kFilter>
void write_differences(const std::uint8_t* row, const std::uint8_t* above, std::size_t row_bytes,
                       std::size_t pixel_bytes, std::uint8_t* out) {
  const Tag tag;
  for (std::size_t i = 0; i < row_bytes; i += hn::Lanes(tag)) {
    const Vec now = hn::LoadU(tag, row + i);
    const Vec left = hn::LoadU(tag, row + i - pixel_bytes);
    const Vec up = hn::LoadU(tag, above + i);
    const Vec corner = hn::LoadU(tag, above + i - pixel_bytes);
    Vec predicted = left;
    if constexpr (kFilter == PngFilter::up) predicted = up;
    if constexpr (kFilter == PngFilter::average) predicted = predict_average(left, up);
    if constexpr (kFilter == PngFilter::paeth) predicted = predict_paeth(left, up, corner);
    hn::StoreU(hn::Sub(now, predicted), tag, out + i);
  }
}

// What the bytes from `differences` on cost, the filter's number standing before the first.
std::uint64_t cost(const std::uint8_t* differences, std::size_t row_bytes) {
  const Tag tag;
  const auto costs = [&](std::size_t i) HWY_ATTR {
    const Vec now = hn::LoadU(tag, differences + i);
    const Vec before = hn::LoadU(tag, differences + i - 1);
    const Vec magnitude = hn::Min(now, hn::Sub(hn::Zero(tag), now));
    return hn::IfThenElseZero(hn::Ne(now, before), hn::Add(magnitude, hn::Set(tag, kPngChangeCost)));
  };
  std::size_t i = 0;
#if HWY_TARGET == HWY_SCALAR  // has no SumsOf8()
  std::uint64_t sum = 0;
  for (; i < row_bytes; ++i) sum += hn::GetLane(costs(i));
  return sum;
#else
  const hn::Repartition<std::uint64_t, Tag> sum_tag;
  const std::size_t lanes = hn::Lanes(tag);
  auto sum = hn::Zero(sum_tag);
  for (; i + lanes <= row_bytes; i += lanes) sum = hn::Add(sum, hn::SumsOf8(costs(i)));
  if (i < row_bytes) {
    sum = hn::Add(sum, hn::SumsOf8(hn::IfThenElseZero(hn::FirstN(tag, row_bytes - i), costs(i))));
  }
  return hn::GetLane(hn::SumOfLanes(sum_tag, sum));
#endif
}

// Writes the line and returns its cost.
std::uint64_t try_filter(PngFilter filter, const std::uint8_t* row, const std::uint8_t* above,
                         std::size_t row_bytes, std::size_t pixel_bytes, std::uint8_t* line) {
  line[0] = static_cast<std::uint8_t>(filter);
  std::uint8_t* out = line + 1;
  switch (filter) {
    case PngFilter::none:
      std::memcpy(out, row, row_bytes);
      break;
    case PngFilter::sub:
      write_differences<PngFilter::sub>(row, above, row_bytes, pixel_bytes, out);
      break;
    case PngFilter::up:
      write_differences<PngFilter::up>(row, above, row_bytes, pixel_bytes, out);
      break;
    case PngFilter::average:
      write_differences<PngFilter::average>(row, above, row_bytes, pixel_bytes, out);
      break;
    case PngFilter::paeth:
      write_differences<PngFilter::paeth>(row, above, row_bytes, pixel_bytes, out);
      break;
  }
  return cost(out, row_bytes);
}

}  // namespace
}  // namespace labday::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace labday {

HWY_EXPORT(try_filter);

namespace {

std::size_t padded(std::size_t row_bytes) { return kPngLinePadding + row_bytes + kPngLinePadding; }

}  // namespace

PngRowFilter::PngRowFilter(std::size_t row_bytes, std::size_t pixel_bytes)
    : row_bytes_(row_bytes), pixel_bytes_(pixel_bytes) {
  // What lies left of the first pixel or above the first row counts as zero.
  rows_.assign(2 * padded(row_bytes), std::uint8_t{0});
  row_ = rows_.data() + kPngLinePadding;
  above_ = row_ + padded(row_bytes);
  spare_line_.resize(1 + row_bytes + kPngLinePadding);
}

void PngRowFilter::filter(const std::uint8_t* row, std::uint8_t* line) {
  std::memcpy(row_, row, row_bytes_);
  std::uint8_t* best = line;
  std::uint8_t* candidate = spare_line_.data();
  std::uint64_t least = std::numeric_limits<std::uint64_t>::max();
  for (int i = 0; i < kPngFilterCount; ++i) {
    const std::uint64_t cost = HWY_DYNAMIC_DISPATCH(try_filter)(static_cast<PngFilter>(i), row_, above_,
                                                                row_bytes_, pixel_bytes_, candidate);
    if (cost < least) {
      least = cost;
      std::swap(best, candidate);
    }
  }
  if (best != line) std::memcpy(line, best, 1 + row_bytes_);
  std::swap(row_, above_);
}

}  // namespace labday
#endif  // HWY_ONCE
