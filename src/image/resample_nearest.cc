// Nearest neighbour, which Pillow does by its affine transformation: no weights, and alpha is a channel like
// the others.
#include <cstring>
#include <vector>

#include "image/resample_strips.h"

namespace labday {
namespace {

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

}  // namespace

std::unique_ptr<Strips> nearest_strips(ImageView source, Size target) {
  return std::make_unique<NearestStrips>(source, target);
}

}  // namespace labday
