// Two runs of one job, at different times: which modes changed, by how much, and whether it is more than
// noise. docs/notebook.md says how it is decided.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lab/bench_record.h"
#include "lab/comparisons.h"
#include "lab/environment.h"
#include "lab/sweep_record.h"

namespace labday {

/// Which of a run's jobs, and with how many workers; an experiment has one.
struct ComparedPoint {
  std::uint64_t sources = 0;
  double size = 1;
  int workers = 1;
  bool operator==(const ComparedPoint&) const = default;
};

/// A mode in the second run, against itself in the first one.
struct ModeChange {
  std::string mode;
  double first_seconds = 0;  // means
  double second_seconds = 0;
  Ratio seconds;  // second to first, with the rounds of each run as a sample
  Verdict verdict = Verdict::unknown;
  /// Of the ratios to the baseline of its own run, second to first: what makes all modes of a run slower
  /// alike, as a slow machine does, cancels out. None for the baseline, and without one.
  std::optional<Ratio> against_baseline;
  Verdict verdict_against_baseline = Verdict::unknown;
};

struct PointChange {
  ComparedPoint at;
  /// The larger noise floor of the two runs: a smaller change is called none.
  std::optional<double> noise_floor_share;
  std::vector<ModeChange> modes;  // that both runs have
};

/// What the changes look like, taken together.
enum class Pattern : std::uint8_t {
  unknown,   // too few rounds to tell
  none,      // no change was shown
  alike,     // what changed did so in one direction, and no mode changed against the baseline
  baseline,  // the baseline changed, and not all others like it
  single,    // modes changed against the baseline, of which no change was shown
  mixed,     // modes changed, but how they stand to one baseline is not known, or no change of that was shown
};

/// Other programs, or other guests, had the machine during one of two runs more than during the other. That
/// slows modes down unlike one another, so no change that it explains can be put down to the code. It
/// explains a mode's change if, without the time that the mode lost to others in either run, no more of it is
/// left than the noise floor or the interval of the change itself. Where only the load of the machine is
/// known, it explains whatever was slower in the disturbed run, and nothing that was faster.
struct Disturbance {
  bool in_second = false;  // or in the first one
  std::string mode;        // that lost most by it; empty: told from the load of the machine alone
  double first_share = 0;  // of the mode's worker time, or of the time in which something waited for a core
  double second_share = 0;
  std::vector<std::string> unexplained;  // modes that changed otherwise, each once
};
inline constexpr double kLeastDisturbance = 0.05;         // difference of shares of a mode's worker time
inline constexpr double kLeastPressureDisturbance = 0.2;  // difference of shares of the time

struct RunComparison {
  std::vector<PointChange> points;      // that both runs have
  std::vector<std::string> only_first;  // modes
  std::vector<std::string> only_second;
  Pattern pattern = Pattern::unknown;
  std::optional<Disturbance> disturbance;
};

/// Verdicts are claims after Holm's correction, over all modes at all points, once for the seconds and once
/// for the ratios, and larger than the noise floor of both runs. Means of log seconds are compared by Welch's
/// t (B. Welch, The generalization of "Student's" problem, Biometrika 34 (1947)), ratios by the two contrasts
/// of RoundModel. Whether the runs were disturbed alike follows from the records of tasks and workers where
/// both have them, otherwise from what the kernel counted of tasks that waited.
[[nodiscard]] RunComparison compare_runs(const BenchRecord& first, const BenchRecord& second);
[[nodiscard]] RunComparison compare_runs(const SweepRecord& first, const SweepRecord& second);

/// In what two runs' jobs differ so that their seconds are not those of the same work.
[[nodiscard]] std::vector<EnvironmentDifference> job_differences(const BenchRecord& first,
                                                                 const BenchRecord& second);
[[nodiscard]] std::vector<EnvironmentDifference> job_differences(const SweepRecord& first,
                                                                 const SweepRecord& second);

}  // namespace labday
