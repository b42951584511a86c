// Resizing, bit-exact with Pillow's Image.resize(size, filter) for 8-bit L, LA, RGB and RGBA.
//
// The arithmetic is Pillow's (src/libImaging/Resample.c; see resample_weights.h): weights in doubles, rounded
// to 22 fractional bits, then integers only, so that every SIMD target gives the same pixels.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "image/image.h"

namespace labday {

enum class Filter : std::uint8_t { nearest, box, bilinear, hamming, bicubic, lanczos };
inline constexpr std::array<std::string_view, 6> kFilterNames{"nearest", "box",     "bilinear",
                                                              "hamming", "bicubic", "lanczos"};

[[nodiscard]] constexpr std::string_view name(Filter filter) {
  return kFilterNames[static_cast<std::size_t>(filter)];
}
[[nodiscard]] std::optional<Filter> filter_from_name(std::string_view name);

/// One resize of one image, delivered in strips of rows, so that the whole result never has to be in memory.
///
/// Not thread-safe; several Resamplers may read one source at the same time, each for its own strips.
/// Keeps the horizontally resized rows that the next strip needs, so rows asked for from top to bottom cost
/// every source row once; any other order is right too, but slower. Memory: as many rows of the target's
/// width as a target row has vertical taps (4 for bicubic enlarging) plus 16, and 4 bytes a tap for the
/// weights.
class Resampler {
 public:
  /// `source` must outlive the Resampler; both sizes are at least 1×1. May throw std::bad_alloc.
  Resampler(ImageView source, Size target, Filter filter);
  ~Resampler();
  Resampler(Resampler&&) noexcept;
  Resampler& operator=(Resampler&&) noexcept;

  [[nodiscard]] Size target() const;

  /// Writes the rows [first, last) of the result to `out`, (last - first) × target width × channels bytes.
  /// 0 <= first <= last <= target height. May throw std::bad_alloc.
  void rows(std::int32_t first, std::int32_t last, std::uint8_t* out);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// The whole result at once. May throw std::bad_alloc.
[[nodiscard]] Image resize(ImageView source, Size target, Filter filter);

}  // namespace labday
