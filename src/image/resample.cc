// Pillow resizes a whole image horizontally, then the result vertically. Here target rows are made one after
// the other from a window of horizontally resized rows that slides down the source, in batches of 16 rows, so
// that memory is a few rows and each source row is read once. The pixels are the same.
#include "image/resample.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <vector>

#include "image/resample_kernels.h"
#include "image/resample_weights.h"

namespace labday {
namespace {

/// Source columns gathered at once; their pairs stay in the first-level cache.
constexpr std::int32_t kGatheredPixels = 256;

class Strips {
 public:
  virtual ~Strips() = default;
  virtual void rows(std::int32_t first, std::int32_t last, std::uint8_t* out) = 0;
};

/// Same size in and out: nothing is computed, and alpha loses nothing.
class CopiedStrips final : public Strips {
 public:
  explicit CopiedStrips(ImageView source) : source_(source) {}

  void rows(std::int32_t first, std::int32_t last, std::uint8_t* out) override {
    std::memcpy(out, source_.row(first), static_cast<std::size_t>(last - first) * source_.row_bytes());
  }

 private:
  ImageView source_;
};

/// Which source pixel each target pixel takes. Pillow's affine path (src/libImaging/Geometry.c) adds up the
/// step from pixel to pixel, rounding each time; should that overshoot the last pixel, the target stays 0.
std::vector<std::int32_t> nearest_pixels(std::int32_t in, std::int32_t out) {
  std::vector<std::int32_t> from(static_cast<std::size_t>(out));
  const double step = static_cast<double>(in) / out;
  double position = step * 0.5;
  for (std::int32_t& f : from) {
    f = position < in ? static_cast<std::int32_t>(position) : -1;
    position += step;
  }
  return from;
}

class NearestStrips final : public Strips {
 public:
  NearestStrips(ImageView source, Size target)
      : source_(source),
        columns_(nearest_pixels(source.size.width, target.width)),
        rows_(nearest_pixels(source.size.height, target.height)) {}

  void rows(std::int32_t first, std::int32_t last, std::uint8_t* out) override {
    const std::size_t row_bytes = columns_.size() * static_cast<std::size_t>(channels(source_.format));
    for (std::int32_t y = first; y < last; ++y, out += row_bytes) {
      const std::int32_t from = rows_[static_cast<std::size_t>(y)];
      if (from < 0) {
        std::memset(out, 0, row_bytes);
      } else if (y > first && from == rows_[static_cast<std::size_t>(y - 1)]) {
        std::memcpy(out, out - row_bytes, row_bytes);
      } else {
        take_row(source_.row(from), out);
      }
    }
  }

 private:
  void take_row(const std::uint8_t* from, std::uint8_t* out) const {
    switch (source_.format) {
      case PixelFormat::l:
        return take_pixels<1>(from, out);
      case PixelFormat::la:
        return take_pixels<2>(from, out);
      case PixelFormat::rgb:
        return take_pixels<3>(from, out);
      case PixelFormat::rgba:
        return take_pixels<4>(from, out);
    }
  }

  template <std::size_t kChannels>
  void take_pixels(const std::uint8_t* from, std::uint8_t* out) const {
    static constexpr std::uint8_t kNothing[kChannels] = {};
    for (const std::int32_t x : columns_) {
      std::memcpy(out, x < 0 ? kNothing : from + static_cast<std::size_t>(x) * kChannels, kChannels);
      out += kChannels;
    }
  }

  ImageView source_;
  std::vector<std::int32_t> columns_;
  std::vector<std::int32_t> rows_;
};

/// 255 / alpha with 16 fractional bits, rounded up: then (v × this) >> 16 is floor(255 × v / alpha) for every
/// v, since the excess stays below 255 / 2^16 < 1 / 254. Alpha 0 and 255 keep v.
constexpr std::array<std::uint32_t, 256> kUnmultiply = [] {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t a = 1; a < 255; ++a) table[a] = ((255U << 16) + a - 1) / a;
  table[0] = table[255] = 1U << 16;
  return table;
}();

/// Undoes the multiplication by alpha, which is the last of the channels.
void unmultiply(std::uint8_t* pixels, std::size_t n, int channel_count) {
  const auto step = static_cast<std::size_t>(channel_count);
  for (std::uint8_t* const end = pixels + n * step; pixels != end; pixels += step) {
    const std::uint8_t alpha = pixels[step - 1];
    if (alpha == 0 || alpha == 255) continue;
    const std::uint32_t factor = kUnmultiply[alpha];
    for (std::size_t c = 0; c + 1 < step; ++c) {
      pixels[c] = static_cast<std::uint8_t>(std::min(255U, (pixels[c] * factor) >> 16));
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
    if (alpha_)
      unmultiply(out, row_bytes_ / static_cast<std::size_t>(channels(source_.format)),
                 channels(source_.format));
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
  const int channel_count = channels(source_.format);
  const auto step = static_cast<std::size_t>(channel_count);

  std::int32_t x = 0;
  while (x < across_->size()) {
    const std::int32_t first_x = across_->span(x).first;
    std::int32_t end = x;
    std::int32_t end_x = first_x;
    do {
      end = std::min(end + kBatchRows, across_->size());
      end_x = across_->span(end - 1).first + across_->span(end - 1).count;
    } while (end < across_->size() && end_x - first_x < kGatheredPixels);

    const std::size_t columns = static_cast<std::size_t>(end_x - first_x) * step;
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

std::unique_ptr<Strips> make_strips(ImageView source, Size target, Filter filter) {
  if (source.size == target) return std::make_unique<CopiedStrips>(source);
  if (filter == Filter::nearest) return std::make_unique<NearestStrips>(source, target);
  return std::make_unique<FilteredStrips>(source, target, filter);
}

}  // namespace

std::optional<Filter> filter_from_name(std::string_view name) {
  const auto* const found = std::find(kFilterNames.begin(), kFilterNames.end(), name);
  if (found == kFilterNames.end()) return std::nullopt;
  return static_cast<Filter>(found - kFilterNames.begin());
}

struct Resampler::Impl {
  Size target;
  std::unique_ptr<Strips> strips;
};

Resampler::Resampler(ImageView source, Size target, Filter filter)
    : impl_(std::make_unique<Impl>(Impl{target, make_strips(source, target, filter)})) {
  assert(source.size.width > 0 && source.size.height > 0 && target.width > 0 && target.height > 0);
}
Resampler::~Resampler() = default;
Resampler::Resampler(Resampler&&) noexcept = default;
Resampler& Resampler::operator=(Resampler&&) noexcept = default;

Size Resampler::target() const { return impl_->target; }

void Resampler::rows(std::int32_t first, std::int32_t last, std::uint8_t* out) {
  assert(0 <= first && first <= last && last <= impl_->target.height);
  impl_->strips->rows(first, last, out);
}

Image resize(ImageView source, Size target, Filter filter) {
  Image result(target, source.format);
  Resampler(source, target, filter).rows(0, target.height, result.data());
  return result;
}

}  // namespace labday
