#include "image/orient.h"

#include <algorithm>
#include <array>

namespace labday {
namespace {

template <int Channels>
using Pixel = std::array<std::uint8_t, Channels>;

/// The pixels of one row, as something that can be reversed and exchanged.
template <int Channels>
Pixel<Channels>* row_of(Image& image, std::int32_t y) {
  static_assert(sizeof(Pixel<Channels>) == Channels);
  return reinterpret_cast<Pixel<Channels>*>(image.row(y));
}

/// The four orientations that keep the sides need no second image.
template <int Channels>
void turn_in_place(Image& image, Orientation orientation) {
  const auto [width, height] = image.size();
  if (orientation == Orientation::rotated_180) {
    std::reverse(row_of<Channels>(image, 0), row_of<Channels>(image, 0) + image.size().pixels());
    return;
  }
  if (orientation == Orientation::mirrored) {
    for (std::int32_t y = 0; y < height; ++y) {
      std::reverse(row_of<Channels>(image, y), row_of<Channels>(image, y) + width);
    }
    return;
  }
  for (std::int32_t y = 0; y < height / 2; ++y) {
    Pixel<Channels>* upper = row_of<Channels>(image, y);
    std::swap_ranges(upper, upper + width, row_of<Channels>(image, height - 1 - y));
  }
}

/// Transposes block by block, so that the source rows and the target rows of a block stay in the first-level
/// cache; the other three are a transposition read from the far side.
template <int Channels>
void transpose(const Image& source, Image& target, Orientation orientation) {
  constexpr std::int32_t kBlock = 32;
  const bool from_bottom = orientation == Orientation::rotate_cw || orientation == Orientation::transversed;
  const bool from_right = orientation == Orientation::rotate_ccw || orientation == Orientation::transversed;
  const auto [width, height] = target.size();  // exchanged: a target row is a source column
  const ImageView view = source.view();
  for (std::int32_t block_y = 0; block_y < height; block_y += kBlock) {
    const std::int32_t end_y = std::min(block_y + kBlock, height);
    for (std::int32_t block_x = 0; block_x < width; block_x += kBlock) {
      const std::int32_t end_x = std::min(block_x + kBlock, width);
      for (std::int32_t y = block_y; y < end_y; ++y) {
        const std::int32_t column = from_right ? height - 1 - y : y;
        Pixel<Channels>* out = row_of<Channels>(target, y);
        for (std::int32_t x = block_x; x < end_x; ++x) {
          const std::int32_t row = from_bottom ? width - 1 - x : x;
          out[x] = reinterpret_cast<const Pixel<Channels>*>(view.row(row))[column];
        }
      }
    }
  }
}

template <int Channels>
Image oriented(Image image, Orientation orientation) {
  if (!swaps_sides(orientation)) {
    turn_in_place<Channels>(image, orientation);
    return image;
  }
  Image upright(upright_size(image.size(), orientation), image.format());
  transpose<Channels>(image, upright, orientation);
  return upright;
}

}  // namespace

Image apply_orientation(Image image, Orientation orientation) {
  if (orientation == Orientation::upright) return image;
  switch (image.format()) {
    case PixelFormat::l:
      return oriented<1>(std::move(image), orientation);
    case PixelFormat::la:
      return oriented<2>(std::move(image), orientation);
    case PixelFormat::rgb:
      return oriented<3>(std::move(image), orientation);
    case PixelFormat::rgba:
      return oriented<4>(std::move(image), orientation);
  }
  return image;
}

}  // namespace labday
