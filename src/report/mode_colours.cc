#include "report/mode_colours.h"

#include <fmt/format.h>

#include <algorithm>

#include "report/page_blocks.h"

namespace labday {

std::string ModeColours::of(std::string_view mode) {
  constexpr std::size_t kColours = 10;  // of page.css
  const auto place = std::find(modes_.begin(), modes_.end(), mode);
  const auto number = static_cast<std::size_t>(place - modes_.begin());
  if (place == modes_.end()) modes_.emplace_back(mode);
  return colour(fmt::format("m{}", number % kColours + 1));
}

}  // namespace labday
