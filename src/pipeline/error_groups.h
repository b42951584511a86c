// Errors of a job by what kind they are: a million lines on a terminal tell less than three.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"

namespace labday {

struct ErrorGroup {
  std::uint64_t count = 0;
  std::vector<std::string> examples;  // paths of the first to come in, at most kMostExamples
};
inline constexpr std::size_t kMostExamples = 3;

/// By stage and code.
using ErrorGroups = std::map<std::pair<Stage, ErrorCode>, ErrorGroup>;

inline void add_to_groups(ErrorGroups& groups, const Error& error) {
  ErrorGroup& group = groups[{error.stage, error.code}];
  ++group.count;
  if (group.examples.size() < kMostExamples) group.examples.push_back(error.path);
}

}  // namespace labday
