#include "lab/statistics.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numbers>
#include <vector>

namespace labday {
namespace {

/// The probability between -t and t, for whole degrees of freedom; A(t|ν) of Abramowitz and Stegun.
double central_probability(double t, int degrees) {
  const double angle = std::atan(t / std::sqrt(static_cast<double>(degrees)));
  const double cosine = std::cos(angle);
  const bool odd = degrees % 2 != 0;
  // The terms are products of k / (k + 1), for k = 2, 4, … (odd ν) or 1, 3, … (even ν), and cos².
  double term = odd ? cosine : 1;
  double sum = odd && degrees == 1 ? 0 : term;
  for (int k = odd ? 2 : 1; k <= degrees - 3; k += 2) {
    term *= cosine * cosine * k / (k + 1);
    sum += term;
  }
  const double area = std::sin(angle) * sum;
  return odd ? 2 / std::numbers::pi * (angle + area) : area;
}

double sum_of_squares_about(std::span<const double> values, double centre) {
  double sum = 0;
  for (const double value : values) sum += (value - centre) * (value - centre);
  return sum;
}

}  // namespace

double mean(std::span<const double> values) {
  assert(!values.empty());
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

double median(std::span<const double> values) {
  assert(!values.empty());
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  const std::size_t half = sorted.size() / 2;
  return sorted.size() % 2 != 0 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

std::optional<double> standard_deviation(std::span<const double> values) {
  if (values.size() < 2) return std::nullopt;
  return std::sqrt(sum_of_squares_about(values, mean(values)) / static_cast<double>(values.size() - 1));
}

double student_t(double probability, int degrees) {
  assert(degrees >= 1 && probability > 0 && probability < 1);
  double low = 0;
  double high = 1;
  while (central_probability(high, degrees) < probability) high *= 2;
  // Ends when there is no double between the two.
  for (double middle = (low + high) / 2; low < middle && middle < high; middle = (low + high) / 2) {
    (central_probability(middle, degrees) < probability ? low : high) = middle;
  }
  return high;
}

std::optional<Interval> mean_interval(std::span<const double> values) {
  const std::optional<double> deviation = standard_deviation(values);
  if (!deviation) return std::nullopt;
  const double centre = mean(values);
  const double half_width = student_t(0.95, static_cast<int>(values.size()) - 1) * *deviation /
                            std::sqrt(static_cast<double>(values.size()));
  return Interval{centre - half_width, centre + half_width};
}

Ratio paired_ratio(std::span<const double> values, std::span<const double> baseline) {
  assert(values.size() == baseline.size());
  std::vector<double> logarithms;
  for (std::size_t i = 0; i < values.size(); ++i) logarithms.push_back(std::log(values[i] / baseline[i]));
  Ratio ratio{std::exp(mean(logarithms)), mean_interval(logarithms)};
  if (ratio.interval)
    ratio.interval = Interval{std::exp(ratio.interval->low), std::exp(ratio.interval->high)};
  return ratio;
}

}  // namespace labday
