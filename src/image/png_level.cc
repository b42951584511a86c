#include "image/png_level.h"

#include <algorithm>

namespace labday {

std::optional<PngLevel> png_level_from_name(std::string_view name) {
  const auto* const found = std::find(kPngLevelNames.begin(), kPngLevelNames.end(), name);
  if (found == kPngLevelNames.end()) return std::nullopt;
  return static_cast<PngLevel>(found - kPngLevelNames.begin());
}

}  // namespace labday
