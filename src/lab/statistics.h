// What a few numbers say: pure functions. docs/statistics.md explains which are used for what, and why.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace labday {

/// At least one value each.
[[nodiscard]] double mean(std::span<const double> values);
[[nodiscard]] double median(std::span<const double> values);

/// The sample standard deviation (n - 1); nothing is known of it from one value.
[[nodiscard]] std::optional<double> standard_deviation(std::span<const double> values);

/// The probability that a Student variable with `degrees` > 0 degrees of freedom, whole or not, is further
/// from 0 than `t`: the p-value of both sides. Source: the continued fraction of the incomplete beta
/// function, NIST Digital Library of Mathematical Functions, 8.17.22, evaluated by Lentz's method.
[[nodiscard]] double student_p(double t, double degrees);

/// The t for which a Student distribution has `probability` (0 < p < 1) between -t and t: the inverse of
/// student_p(), by bisection.
[[nodiscard]] double student_t(double probability, double degrees);

struct Interval {
  double low = 0;
  double high = 0;
};

/// The 95 % interval of the mean, from fewer than kLeastForBootstrap values by Student's t, from more by the
/// bootstrap of the studentised mean (percentile-t), which follows the skew that timings have. None for one
/// value. Deterministic: `seed` draws the kBootstrapSamples samples.
/// Sources: B. Efron, R. Tibshirani, An Introduction to the Bootstrap (1993), 12.5; P. Hall, Theoretical
/// comparison of bootstrap confidence intervals, Annals of Statistics 16 (1988).
[[nodiscard]] std::optional<Interval> mean_interval(std::span<const double> values, std::uint64_t seed);
inline constexpr std::size_t kLeastForBootstrap = 6;
inline constexpr int kBootstrapSamples = 2000;

/// The places (from 0) of values that are far from the rest: their modified z-score, 0.6745 · |x - median| /
/// MAD, of the logarithms is above 3.5. All values are positive; none stands out among fewer than four, nor
/// where more than half are the same.
/// Source: B. Iglewicz, D. Hoaglin, How to Detect and Handle Outliers (1993), chapter 3.
[[nodiscard]] std::vector<std::size_t> outliers(std::span<const double> values);

/// p-values corrected for being several, in the order given: a claim is made where the corrected value is at
/// most 0.05, and all claims are right with a probability of 95 %.
/// Source: S. Holm, A simple sequentially rejective multiple test procedure, Scandinavian Journal of
/// Statistics 6 (1979).
[[nodiscard]] std::vector<double> holm(std::span<const double> p_values);

}  // namespace labday
