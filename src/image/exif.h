// The one thing labday wants from EXIF: how the camera was held. The rest of it is not read.
#pragma once

#include <optional>

#include "base/bytes.h"
#include "image/codec.h"

namespace labday {

/// The orientation in IFD0 of `tiff`, the EXIF data from its byte order mark on (EXIF 2.3, 4.5 and 4.6.4):
/// upright where it has none, nothing where the data is broken or the value is not one of 1 to 8. Every
/// offset is checked, so any bytes may be passed.
[[nodiscard]] std::optional<Orientation> exif_orientation(ByteView tiff);

}  // namespace labday
