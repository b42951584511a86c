// How this labday was made: the same source is another program under another compiler or library.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace labday {

struct BuildFacts {
  std::string compiler;                                        // `GNU 12.2.0`
  std::string flags;                                           // as CMake had them
  std::vector<std::pair<std::string, std::string>> libraries;  // name and version
  bool operator==(const BuildFacts&) const = default;
};
[[nodiscard]] BuildFacts build_facts();

/// The SIMD instructions that this processor executes labday's kernels with: `AVX2`, `AVX3`…
[[nodiscard]] std::string simd_target();

}  // namespace labday
