// The flags of a sweep: the axes of its grid.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "lab/sweep_plan.h"

namespace CLI {
class App;
}

namespace labday {

struct SweepOptions {
  std::string sources = "1x";
  std::string sizes = "1x";
  std::string workers;
  bool fresh = false;

  /// Adds the flags to a command; `this` must outlive it.
  void add_to(CLI::App& command);

  /// Sets the axes of the plan, ascending. By default workers are 1, 2, 4 … up to `cores`, and these. usage
  /// error for values that make no sense and for one that is there twice.
  [[nodiscard]] Result<void> apply_to(SweepPlan& plan, int cores) const;
};

/// `0.1x,1x,10x`: factors above 0, up to 1,000,000; `flag` is for the error.
[[nodiscard]] Result<std::vector<double>> parse_factors(std::string_view list, std::string_view flag);

/// `1,2,4`: whole numbers from 1 to 10,000.
[[nodiscard]] Result<std::vector<int>> parse_worker_counts(std::string_view list);

}  // namespace labday
