// Which ICC profiles may be handed on with the pixels. A profile that describes other channels than the ones
// handed out (the CMYK profile of a JPEG that became RGB) would make every viewer show wrong colours.
#pragma once

#include "base/bytes.h"
#include "image/image.h"

namespace labday {

/// Is `profile` a whole ICC profile whose data colour space is that of `format`? Reads the header only
/// (ICC.1:2022, 7.2): size at byte 0, colour space at 16, the signature `acsp` at 36.
[[nodiscard]] bool icc_describes(ByteView profile, PixelFormat format);

}  // namespace labday
