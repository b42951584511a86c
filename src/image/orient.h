// Applies an EXIF orientation, so that the pixels are stored the way the picture is seen.
#pragma once

#include "image/codec.h"
#include "image/image.h"

namespace labday {

/// The size of an image of `size` once it is upright.
[[nodiscard]] constexpr Size upright_size(Size size, Orientation orientation) {
  return swaps_sides(orientation) ? Size{size.height, size.width} : size;
}

/// Returns the upright image; hands the same one back where nothing has to be done. May throw std::bad_alloc.
[[nodiscard]] Image apply_orientation(Image image, Orientation orientation);

}  // namespace labday
