// Which colour a mode has: the same one in all charts of a page, whichever runs they are of.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace labday {

/// Not thread-safe.
class ModeColours {
 public:
  /// `var(--m3)`, a variable of page/page.css. Modes have the colours in the order in which they are first
  /// asked for; those behind the last colour begin again with the first one.
  [[nodiscard]] std::string of(std::string_view mode);

 private:
  std::vector<std::string> modes_;
};

}  // namespace labday
