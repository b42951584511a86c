// The flags that say how long and how carefully modes are compared; bench and sweep have them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "lab/experiment.h"

namespace CLI {
class App;
}

namespace labday {

struct ExperimentOptions {
  std::string modes;
  std::string baseline;
  std::string rounds = "10";
  std::string precision;
  std::string max_time;
  std::string seed;

  /// Adds the flags to a command; `this` must outlive it.
  void add_to(CLI::App& command);
  /// The same without --rounds auto and what belongs to it: a grid has no single precision.
  void add_to_sweep(CLI::App& command);

  /// Sets modes, baseline, rounds, precision, max_time and seed of the plan. A baseline that is not among the
  /// modes becomes the first of them, since there is no ratio to what was not timed. usage error for values
  /// that make no sense.
  [[nodiscard]] Result<void> apply_to(ExperimentPlan& plan) const;

 private:
  void add_shared(CLI::App& command, const std::string& usual_max_time);
};

/// `90`, `90s`, `10m`, `1.5h`: a time above 0, up to a year.
[[nodiscard]] Result<Nanoseconds> parse_duration(std::string_view text);

/// `2%` or `2`: a share in per cent, above 0 and at most 100.
[[nodiscard]] Result<double> parse_share(std::string_view text);

}  // namespace labday
