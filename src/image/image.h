// Pixels in memory: 8 bits a channel, rows from top to bottom, channels interleaved, no padding between rows.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"

namespace labday {

/// Width and height in pixels.
struct Size {
  std::int32_t width = 0;
  std::int32_t height = 0;

  [[nodiscard]] std::int64_t pixels() const { return std::int64_t{width} * height; }
  bool operator==(const Size&) const = default;
};

/// The value is the number of channels. Alpha is straight (not premultiplied).
enum class PixelFormat : std::uint8_t { l = 1, la = 2, rgb = 3, rgba = 4 };

[[nodiscard]] constexpr int channels(PixelFormat format) { return static_cast<int>(format); }
[[nodiscard]] constexpr bool has_alpha(PixelFormat format) {
  return format == PixelFormat::la || format == PixelFormat::rgba;
}

/// Borrowed pixels; valid as long as their owner. Cheap to copy.
struct ImageView {
  const std::uint8_t* data = nullptr;
  Size size;
  PixelFormat format = PixelFormat::rgb;

  [[nodiscard]] std::size_t row_bytes() const {
    return static_cast<std::size_t>(size.width) * static_cast<std::size_t>(channels(format));
  }
  [[nodiscard]] const std::uint8_t* row(std::int32_t y) const {
    return data + static_cast<std::size_t>(y) * row_bytes();
  }
};

/// Owns its pixels, uninitialised at first. Move-only by convention: copies are never made in silence.
class Image {
 public:
  Image() = default;
  /// Throws std::bad_alloc; run_task() turns that into ErrorCode::out_of_memory.
  Image(Size size, PixelFormat format) : size_(size), format_(format) {
    pixels_.resize(view().row_bytes() * static_cast<std::size_t>(size.height));
  }
  Image(Image&&) noexcept = default;
  Image& operator=(Image&&) noexcept = default;
  Image(const Image&) = delete;
  Image& operator=(const Image&) = delete;

  [[nodiscard]] Size size() const { return size_; }
  [[nodiscard]] PixelFormat format() const { return format_; }
  [[nodiscard]] std::size_t byte_count() const { return pixels_.size(); }
  [[nodiscard]] std::uint8_t* data() { return pixels_.data(); }
  [[nodiscard]] std::uint8_t* row(std::int32_t y) {
    return pixels_.data() + static_cast<std::size_t>(y) * view().row_bytes();
  }
  [[nodiscard]] ImageView view() const { return {pixels_.data(), size_, format_}; }

 private:
  Size size_;
  PixelFormat format_ = PixelFormat::rgb;
  Bytes pixels_;
};

}  // namespace labday
