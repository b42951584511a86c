// The environment of an experiment as JSON, written and read back.
#pragma once

#include <optional>

#include "lab/environment.h"
#include "report/json_parts.h"

namespace labday {

/// What is not available is null.
[[nodiscard]] Json json_environment(const Environment& environment);

/// Throws Json::exception where a key is missing or of another type, as the next one does.
[[nodiscard]] Environment environment_from_json(const Json& json);

/// Of the value of `git` alone.
[[nodiscard]] std::optional<GitState> git_from_json(const Json& json);

}  // namespace labday
