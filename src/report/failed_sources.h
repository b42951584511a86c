// Which sources of a kept run failed, in words.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "report/recorded.h"

namespace labday {

/// The first error of each path, in the order of paths.
[[nodiscard]] std::vector<Error> one_a_path(std::vector<Error> errors);

/// Of the sources that the jobs of a sweep share, each once.
[[nodiscard]] std::vector<Error> bad_sources(const SweepRecord& record);

/// `3 of 8 sources failed: a.jpg, b.jpg, c.jpg.`, of many names the first ones; empty where none failed. The
/// names are of those that could not be read or decoded.
[[nodiscard]] std::string failed_sources_text(std::uint64_t failed, std::uint64_t sources,
                                              const std::vector<Error>& errors);

/// The same of a run.
[[nodiscard]] std::string failed_sources_text(const Recorded& recorded);

/// How many are named, of sources or of errors.
inline constexpr std::size_t kMostNamed = 10;

}  // namespace labday
