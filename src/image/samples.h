// Photo-like pictures drawn from a seed, for people who want to try labday before they trust it with their
// own.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "image/image.h"

namespace labday {

/// The longest side that libjpeg encodes.
inline constexpr std::int32_t kMaxJpegSide = 65'500;

/// Draws sample number `index` of `seed`: sky gradients, soft and hard edges, fine texture and sensor noise,
/// so that its PNGs are as large as those of photographs (0.25 to 0.6 of raw). Deterministic on every
/// machine: integer arithmetic and exactly rounded operations only. `index` is at least 0, `size` at least
/// 1×1; the same picture is drawn at every size. Thread-safe. May throw std::bad_alloc.
[[nodiscard]] Image draw_sample(std::uint64_t seed, std::int32_t index, Size size);

/// Encodes RGB or L as a baseline JPEG by libjpeg-turbo (4:2:0, islow). `quality` is 1 to 100, neither side
/// above kMaxJpegSide. Thread-safe. Throws std::bad_alloc when libjpeg gives up, which it does for want of
/// memory, or because a side is too long.
[[nodiscard]] Bytes encode_jpeg(ImageView image, int quality);

}  // namespace labday
