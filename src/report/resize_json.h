// The outcome of `labday resize` as JSON, schema labday.resize/1.
#pragma once

#include <string>

#include "report/resize_record.h"

namespace labday {

/// Valid UTF-8, indented, ends with a line feed; every key with a dimension ends in its unit.
[[nodiscard]] std::string resize_json(const ResizeRecord& record);

}  // namespace labday
