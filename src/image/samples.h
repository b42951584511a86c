// Photo-like pictures drawn from a seed, for people who want to try labday before they trust it with their
// own.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "image/image.h"

namespace labday {

/// Draws sample number `index` of `seed`: sky gradients, soft and hard edges, fine texture and sensor noise,
/// so that its PNGs are as large as those of photographs (0.25 to 0.6 of raw). Deterministic on every
/// machine: integer arithmetic and exactly rounded operations only. `size` is at least 1×1.
[[nodiscard]] Image draw_sample(std::uint64_t seed, std::int32_t index, Size size);

/// Encodes RGB or L as a baseline JPEG by libjpeg-turbo (4:2:0, islow). `quality` is 1 to 100.
[[nodiscard]] Bytes encode_jpeg(ImageView image, int quality);

}  // namespace labday
