// Which ICC profiles may be handed on with the pixels. A profile that describes other channels than the ones
// handed out (the CMYK profile of a JPEG that became RGB) would make every viewer show wrong colours.
#pragma once

#include "base/bytes.h"
#include "image/image.h"

namespace labday {

/// The ICC profile that `data` begins with, if it is whole and its data colour space is that of `format`;
/// empty if not. Bytes behind the size that the profile declares are left out: libpng and others refuse a
/// profile of another length. Reads the header only (ICC.1:2022, 7.2): size at byte 0, colour space at 16,
/// the signature `acsp` at 36. Points into `data`.
[[nodiscard]] ByteView fitting_profile(ByteView data, PixelFormat format);

}  // namespace labday
