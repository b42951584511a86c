// The first keys of a JSON file that to_text() made, without reading the rest, which may be a thousand times
// as long.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "report/json_parts.h"

namespace labday {

/// The keys of the file's object before the first one of `ends`. A file that was laid out by somebody else is
/// read as a whole. corrupt where it is no object, or does not end as one: it has been cut.
[[nodiscard]] Result<Json> read_json_head(const std::string& path, const std::vector<std::string_view>& ends);

/// The value of `schema` of a JSON object; empty where it has none, or where `text` is no JSON.
[[nodiscard]] std::string schema_of(std::string_view text);

}  // namespace labday
