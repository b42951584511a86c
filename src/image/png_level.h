// The levels of PNG encoding: points on the frontier of speed against size.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace labday {

/// Bytes against Pillow's default, on photographs.
enum class PngLevel : std::uint8_t {
  fastest,   // at most 1.30
  fast,      // at most 1.10
  balanced,  // at most 1.00
  small,     // at most 0.97
};
inline constexpr std::array<std::string_view, 4> kPngLevelNames{"fastest", "fast", "balanced", "small"};

[[nodiscard]] constexpr std::string_view name(PngLevel level) {
  return kPngLevelNames[static_cast<std::size_t>(level)];
}
[[nodiscard]] std::optional<PngLevel> png_level_from_name(std::string_view name);

}  // namespace labday
