// PNG encoding, ours: filtering, chunks and checksums here, deflate by libdeflate or ISA-L.
//
// Rows come in from top to bottom, a strip at a time, and leave as one valid PNG. Same rows, level and
// profile: same bytes, on every machine and however the rows were cut into strips.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "image/image.h"

namespace labday {

/// Points on the frontier of speed against size. Bytes against Pillow's default, on photographs.
enum class PngLevel : std::uint8_t {
  fast,      // at most 1.11
  balanced,  // at most 1.00
  small,     // at most 0.97
};
inline constexpr std::array<std::string_view, 3> kPngLevelNames{"fast", "balanced", "small"};

[[nodiscard]] constexpr std::string_view name(PngLevel level) {
  return kPngLevelNames[static_cast<std::size_t>(level)];
}
[[nodiscard]] std::optional<PngLevel> png_level_from_name(std::string_view name);

/// Encodes one image. Not thread-safe; independent writers are independent.
class PngWriter {
 public:
  /// `icc_profile` (may be empty) is kept as an iCCP chunk. The size is at least 1×1 and at most 2^31-1 a
  /// side. May throw std::bad_alloc, as write_rows() and finish() may.
  PngWriter(Size size, PixelFormat format, PngLevel level, ByteView icc_profile);
  ~PngWriter();
  PngWriter(PngWriter&&) noexcept;
  PngWriter& operator=(PngWriter&&) noexcept;

  /// Takes the next `count` rows, each width × channels bytes without padding.
  void write_rows(const std::uint8_t* rows, std::int32_t count);

  /// Call once, after exactly size.height rows: the complete file.
  [[nodiscard]] Bytes finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// The whole image at once.
[[nodiscard]] Bytes encode_png(ImageView image, PngLevel level, ByteView icc_profile = {});

}  // namespace labday
