// The page of `labday report` without its data: page/ holds its parts, and the build bundles them where it
// has npm.
#pragma once

#include <string_view>

namespace labday {

struct PageShell {
  std::string_view before;   // the data
  std::string_view after;    // the data
  std::string_view missing;  // why this labday has no page; then the others are empty

  [[nodiscard]] bool is_there() const { return missing.empty(); }
};

[[nodiscard]] PageShell page_shell();

}  // namespace labday
