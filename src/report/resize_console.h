// The outcome of `labday resize` as text for a person. The lines of single errors are to_line()'s.
#pragma once

#include <string>

#include "report/resize_record.h"

namespace labday {

/// One or two lines: `50 renditions of 10 photos in 1.23 s: …`, and what was skipped, failed or not done.
[[nodiscard]] std::string resize_text(const ResizeRecord& record);

/// One line: a warning about a journal of JournalIndex::damaged().
[[nodiscard]] std::string damaged_journal_text(const std::string& path);

}  // namespace labday
