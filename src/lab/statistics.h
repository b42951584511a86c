// What a few rounds say about a mode: pure functions of seconds.
#pragma once

#include <optional>
#include <span>

namespace labday {

/// At least one value each.
[[nodiscard]] double mean(std::span<const double> values);
[[nodiscard]] double median(std::span<const double> values);

/// The sample standard deviation (n - 1); nothing is known of it from one value.
[[nodiscard]] std::optional<double> standard_deviation(std::span<const double> values);

/// The t for which a Student distribution with `degrees` ≥ 1 degrees of freedom has `probability` (0 < p < 1)
/// between -t and t. Source: the exact series for whole degrees in Abramowitz and Stegun, Handbook of
/// Mathematical Functions, 26.7.3 and 26.7.4, solved by bisection.
[[nodiscard]] double student_t(double probability, int degrees);

struct Interval {
  double low = 0;
  double high = 0;
};

/// The 95 % interval of the mean, by Student's t: mean ± t · s / √n. None for one value.
[[nodiscard]] std::optional<Interval> mean_interval(std::span<const double> values);

struct Ratio {
  double value = 1;                  // the geometric mean of the ratios
  std::optional<Interval> interval;  // 95 %, by Student's t on their logarithms; none for one pair
};

/// How `values` compares to `baseline`, pair by pair: values of one round were measured next to each other,
/// so what drifts between rounds cancels. All are positive, both are of one length, at least 1.
[[nodiscard]] Ratio paired_ratio(std::span<const double> values, std::span<const double> baseline);

}  // namespace labday
