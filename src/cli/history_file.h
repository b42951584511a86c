// Where labday remembers what earlier experiments said about the modes: one small file of the user's. It is a
// cache: it may be deleted at any time, and nothing fails for want of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "lab/history.h"

namespace labday {

/// $XDG_CACHE_HOME/labday/history.json, or ~/.cache/labday/history.json; the value of $LABDAY_HISTORY if that
/// is set. None with `--no-history`, with LABDAY_HISTORY=off, and where there is no home.
[[nodiscard]] std::optional<std::string> history_path(bool no_history);

/// What is remembered; a file that cannot be read is said so on stderr and counts as empty.
[[nodiscard]] History recall(const std::optional<std::string>& path);

/// Adds to what is remembered, and makes the folder if need be. The file is replaced as a whole, unless it is
/// none of this labday's: then it stays as it is. Failing is said on stderr, and no more.
void remember(const std::optional<std::string>& path, History fresh);

[[nodiscard]] std::int64_t unix_now();

}  // namespace labday
