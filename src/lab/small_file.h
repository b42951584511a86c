// Files of /proc and /sys: small, and not there on every machine.
#pragma once

#include <optional>
#include <string>

namespace labday {

/// The whole file; none where it cannot be read.
[[nodiscard]] std::optional<std::string> read_small_file(const std::string& path);

}  // namespace labday
