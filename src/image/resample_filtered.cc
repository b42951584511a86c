// Pillow resizes a whole image horizontally, then the result vertically. Here target rows are made one after
// the other from a window of horizontally resized rows that slides down the source, in batches of 16 rows, so
// that memory is a few rows and each source row is read once. The pixels are the same.
#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>
#include <optional>

#include "image/resample_kernels.h"
#include "image/resample_strips.h"
#include "image/resample_weights.h"

namespace labday {
namespace {

/// Source columns gathered at once; their pairs stay in the first-level cache.
constexpr std::int32_t kGatheredPixels = 256;

/// From so many taps on, gathering 16 rows of them would take memory out of all proportion.
constexpr std::int32_t kLongSpan = 1 << 14;

/// 255 / alpha with 16 fractional bits, rounded up: then (v × this) >> 16 is floor(255 × v / alpha) for every
/// v, since the excess stays below 255 / 2^16 < 1 / 254. Alpha 0 and 255 keep v.
constexpr std::array<std::uint32_t, 256> kUnmultiply = [] {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t a = 1; a < 255; ++a) table[a] = ((255U << 16) + a - 1) / a;
  table[0] = table[255] = 1U << 16;
  return table;
}();

/// Undoes the multiplication by alpha, which is the last of the channels, in `n` bytes.
void unmultiply(std::uint8_t* pixels, std::size_t n, int channel_count) {
  const auto step = static_cast<std::size_t>(channel_count);
  for (std::uint8_t* const end = pixels + n; pixels != end; pixels += step) {
    const std::uint8_t alpha = pixels[step - 1];
    if (alpha == 0 || alpha == 255) continue;
    const std::uint32_t factor = kUnmultiply[alpha];
    for (std::size_t c = 0; c + 1 < step; ++c) {
      pixels[c] = static_cast<std::uint8_t>(std::min(255U, (pixels[c] * factor) >> 16));
    }
  }
}

/// Resizes one row horizontally, pixel by pixel. For rows of a million pixels that become a few: slower, but
/// it needs no memory.
void resample_long_row(ImageView source, std::int32_t y, const Weights& weights, std::uint8_t* out) {
  const auto step = static_cast<std::size_t>(channels(source.format));
  for (std::int32_t x = 0; x < weights.size(); ++x) {
    const TapSpan span = weights.span(x);
    const TapPair* pairs = weights.pairs(x);
    for (std::size_t c = 0; c < step; ++c) {
      const bool multiply = has_alpha(source.format) && c + 1 < step;
      const std::uint8_t* pixel = source.row(y) + static_cast<std::size_t>(span.first) * step;
      std::int32_t sum = kRounding;
      for (std::int32_t j = 0; j < span.count; ++j, pixel += step) {
        const std::uint8_t value = multiply ? premultiplied(pixel[c], pixel[step - 1]) : pixel[c];
        sum += weight(pairs[j / 2], j % 2) * value;
      }
      *out++ = rounded_byte(sum);
    }
  }
}

class FilteredStrips final : public Strips {
 public:
  FilteredStrips(ImageView source, Size target, Filter filter);
  void rows(std::int32_t first, std::int32_t last, std::uint8_t* out) override;

 private:
  void fill_window(std::int32_t first, std::int32_t last);
  void resample_batch(std::int32_t first_row, int count, std::uint8_t* out);
  [[nodiscard]] TapSpan source_rows(std::int32_t y) const { return down_ ? down_->span(y) : TapSpan{y, 1}; }

  ImageView source_;
  std::size_t row_bytes_;  // of a target row
  std::int32_t target_height_;
  bool alpha_;
  std::optional<Weights> across_;  // absent where source rows can be used as they are
  std::optional<Weights> down_;    // absent where the height stays

  // The source rows [window_first_, window_end_), resized horizontally. Unused where across_ is absent.
  Bytes window_;
  std::int32_t window_rows_ = 0;  // its capacity
  std::int32_t window_first_ = 0;
  std::int32_t window_end_ = 0;
  std::int32_t window_slot_ = 0;  // where window_first_ lies in window_
  Bytes gathered_;
};

FilteredStrips::FilteredStrips(ImageView source, Size target, Filter filter)
    : source_(source),
      row_bytes_(static_cast<std::size_t>(target.width) * static_cast<std::size_t>(channels(source.format))),
      target_height_(target.height),
      alpha_(has_alpha(source.format)) {
  if (source.size.height != target.height) down_.emplace(source.size.height, target.height, filter);
  if (source.size.width != target.width) {
    across_.emplace(source.size.width, target.width, filter);
  } else if (alpha_) {
    // Rows must be premultiplied all the same; at equal size, box weighs each pixel by exactly 1.
    across_.emplace(source.size.width, target.width, Filter::box);
  }
  if (across_) {
    window_rows_ = (down_ ? down_->max_count() : 1) + kBatchRows;
    window_.resize(static_cast<std::size_t>(window_rows_) * row_bytes_);
  }
}

void FilteredStrips::rows(std::int32_t first, std::int32_t last, std::uint8_t* out) {
  for (std::int32_t y = first; y < last; ++y, out += row_bytes_) {
    const TapSpan taps = source_rows(y);
    const std::uint8_t* from = nullptr;
    if (across_) {
      fill_window(taps.first, taps.first + taps.count);
      from =
          window_.data() + static_cast<std::size_t>(window_slot_ + taps.first - window_first_) * row_bytes_;
    } else {
      from = source_.row(taps.first);
    }
    if (down_) {
      resample_rows(from, row_bytes_, taps.count, down_->pairs(y), row_bytes_, out);
    } else {
      std::memcpy(out, from, row_bytes_);
    }
    if (alpha_) unmultiply(out, row_bytes_, channels(source_.format));
  }
}

/// Makes the window hold the source rows [first, last), and drops those above when it needs their place.
void FilteredStrips::fill_window(std::int32_t first, std::int32_t last) {
  if (first < window_first_ || first > window_end_) {
    window_first_ = window_end_ = first;
    window_slot_ = 0;
  }
  // A whole batch costs as much as one row of it, so rows are made ahead, as far as any target row needs
  // them.
  const TapSpan final_taps = source_rows(target_height_ - 1);
  const std::int32_t needed_end = final_taps.first + final_taps.count;
  while (window_end_ < last) {
    const std::int32_t count = std::min(kBatchRows, needed_end - window_end_);
    std::int32_t slot = window_slot_ + (window_end_ - window_first_);
    if (slot + count > window_rows_) {
      const std::int32_t kept = window_end_ - first;
      std::memmove(
          window_.data(),
          window_.data() + static_cast<std::size_t>(window_slot_ + first - window_first_) * row_bytes_,
          static_cast<std::size_t>(kept) * row_bytes_);
      window_first_ = first;
      window_slot_ = 0;
      slot = kept;
    }
    assert(slot + count <= window_rows_);
    resample_batch(window_end_, count, window_.data() + static_cast<std::size_t>(slot) * row_bytes_);
    window_end_ += count;
  }
}

/// Resizes `count` source rows horizontally, up to kBatchRows, in pieces of so many columns that fit a cache.
void FilteredStrips::resample_batch(std::int32_t first_row, int count, std::uint8_t* out) {
  std::array<std::uint8_t*, kBatchRows> to{};
  for (int r = 0; r < count; ++r) {
    to[static_cast<std::size_t>(r)] = out + static_cast<std::size_t>(r) * row_bytes_;
  }
  if (across_->max_count() > kLongSpan) {
    for (int r = 0; r < count; ++r) {
      resample_long_row(source_, first_row + r, *across_, to[static_cast<std::size_t>(r)]);
    }
    return;
  }

  const int channel_count = channels(source_.format);
  const auto step = static_cast<std::size_t>(channel_count);
  std::int32_t x = 0;
  while (x < across_->size()) {
    const std::int32_t first_x = across_->span(x).first;
    std::int32_t end = x;
    std::int32_t width = 0;
    do {
      end = std::min(end + 16, across_->size());  // resample_columns() writes 16 pixels at a time
      const TapSpan taps = across_->span(end - 1);
      width = taps.first + taps.count - first_x;
    } while (end < across_->size() && width < kGatheredPixels);

    const std::size_t columns = static_cast<std::size_t>(width) * step;
    if (const std::size_t wanted = gathered_bytes(columns, channel_count); gathered_.size() < wanted) {
      gathered_.resize(wanted);
    }
    std::array<const std::uint8_t*, kBatchRows> from{};
    for (int r = 0; r < kBatchRows; ++r) {
      // Lanes without a row of their own repeat the last one; their results are not stored.
      const std::int32_t row = first_row + std::min(r, count - 1);
      from[static_cast<std::size_t>(r)] = source_.row(row) + static_cast<std::size_t>(first_x) * step;
    }
    const std::uint8_t* gathered =
        gather_columns(from.data(), columns, channel_count, alpha_, gathered_.data());
    resample_columns({gathered, first_x, channel_count, to.data(), count}, *across_, x, end);
    x = end;
  }
}

}  // namespace

std::unique_ptr<Strips> filtered_strips(ImageView source, Size target, Filter filter) {
  return std::make_unique<FilteredStrips>(source, target, filter);
}

}  // namespace labday
