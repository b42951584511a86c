// The outcome of `labday resize` as text for a person. The lines of single errors are to_line()'s.
#pragma once

#include <string>

#include "report/resize_record.h"

namespace labday {

/// One or two lines: `50 renditions of 10 photos in 1.23 s: …`, and what was skipped, failed or not done.
[[nodiscard]] std::string resize_text(const ResizeRecord& record);

}  // namespace labday
