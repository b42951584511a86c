// What a notebook writes into the file of a run, beside what was measured.
#pragma once

#include <cstdint>
#include <string>

#include "report/json_parts.h"

namespace labday {

struct RunHeader {
  std::string title;           // of one line; may be empty
  std::string note;            // Markdown, given with the command; may be empty
  std::int64_t unix_time = 0;  // when the run began
  std::string writer;          // WriterId::text() of the labday that is at it; empty once it has ended
};

[[nodiscard]] Json json_run_header(const RunHeader& header);

/// Throws Json::exception where it is not what json_run_header() makes.
[[nodiscard]] RunHeader run_header_from_json(const Json& json);

}  // namespace labday
