// The name under which bench_json.cc writes and bench_json_reader.cc reads.
#pragma once

#include <string_view>

namespace labday {

inline constexpr std::string_view kBenchSchema = "labday.bench/1";

}  // namespace labday
