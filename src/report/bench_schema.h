// The names by which bench_json.cc writes and others read.
#pragma once

#include <string_view>

namespace labday {

inline constexpr std::string_view kBenchSchema = "labday.bench/1";
/// The first key behind what a list of runs shows, and the first one behind what a notebook's page shows.
inline constexpr std::string_view kBenchSummaryEnd = "findings";
inline constexpr std::string_view kBenchPageEnd = "results";

}  // namespace labday
