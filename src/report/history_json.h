// What earlier experiments said about the modes as JSON, schema labday.history/1.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "lab/history.h"

namespace labday {

[[nodiscard]] std::string history_json(const History& history);

/// What history_json() wrote; otherwise an error that names `path`, which is not opened.
[[nodiscard]] Result<History> history_from_json(std::string_view text, const std::string& path);

/// Does it begin as history_json() does? So does what has been cut or damaged since, and not what another
/// program or a later labday wrote.
[[nodiscard]] bool begins_as_history(std::string_view text);

}  // namespace labday
