// Resizing written down a second time, as plainly as possible and slowly: what the tests of the real one
// compare with. It shares no code with src/image/resample*: whole images, one pixel after the other, full
// weights.
#pragma once

#include "image/image.h"
#include "image/resample.h"

namespace labday::testing {

/// Pillow's Image.resize(target, filter).
[[nodiscard]] Image reference_resize(ImageView source, Size target, Filter filter);

}  // namespace labday::testing
