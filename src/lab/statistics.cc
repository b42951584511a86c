#include "lab/statistics.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>

#include "lab/random.h"

namespace labday {
namespace {

double sum_of_squares_about(std::span<const double> values, double centre) {
  double sum = 0;
  for (const double value : values) sum += (value - centre) * (value - centre);
  return sum;
}

/// The continued fraction of the incomplete beta function I_x(a, b), for x < (a + 1) / (a + b + 2).
double beta_fraction(double a, double b, double x) {
  constexpr double kTiny = 1e-300;  // instead of a zero that would be divided by
  constexpr int kMostTerms = 10'000;
  const auto not_zero = [](double value) { return std::abs(value) < kTiny ? kTiny : value; };
  double c = 1;
  double d = 1 / not_zero(1 - (a + b) * x / (a + 1));
  double fraction = d;
  for (int m = 1; m < kMostTerms; ++m) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / not_zero(1 + even * d);
    c = not_zero(1 + even / c);
    fraction *= c * d;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / not_zero(1 + odd * d);
    c = not_zero(1 + odd / c);
    fraction *= c * d;
    if (std::abs(c * d - 1) < 1e-15) break;
  }
  return fraction;
}

/// I_x(a, b).
double incomplete_beta(double a, double b, double x) {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const double front =
      std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) + a * std::log(x) + b * std::log1p(-x));
  // The fraction converges fast on one side; the other side is its mirror image.
  if (x < (a + 1) / (a + b + 2)) return front * beta_fraction(a, b, x) / a;
  return 1 - front * beta_fraction(b, a, 1 - x) / b;
}

double quantile(std::span<const double> sorted, double probability) {
  const double place = probability * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (place - std::floor(place)) * (sorted[above] - sorted[below]);
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

double student_p(double t, double degrees) {
  assert(degrees > 0);
  return incomplete_beta(degrees / 2, 0.5, degrees / (degrees + t * t));
}

double student_t(double probability, double degrees) {
  assert(degrees > 0 && probability > 0 && probability < 1);
  double low = 0;
  double high = 1;
  while (student_p(high, degrees) > 1 - probability) high *= 2;
  // Ends when there is no double between the two.
  for (double middle = (low + high) / 2; low < middle && middle < high; middle = (low + high) / 2) {
    (student_p(middle, degrees) > 1 - probability ? low : high) = middle;
  }
  return high;
}

std::optional<Interval> mean_interval(std::span<const double> values, std::uint64_t seed) {
  const std::optional<double> deviation = standard_deviation(values);
  if (!deviation) return std::nullopt;
  const double centre = mean(values);
  const double error = *deviation / std::sqrt(static_cast<double>(values.size()));
  if (values.size() < kLeastForBootstrap) {
    const double half_width = student_t(0.95, static_cast<double>(values.size() - 1)) * error;
    return Interval{centre - half_width, centre + half_width};
  }
  Random random(seed);
  std::vector<double> sample(values.size());
  std::vector<double> scores;
  for (int i = 0; i < kBootstrapSamples; ++i) {
    for (double& value : sample) value = values[random.below(values.size())];
    const double spread = *standard_deviation(sample) / std::sqrt(static_cast<double>(sample.size()));
    // A sample of one value only says nothing of its spread.
    if (spread > 0) scores.push_back((mean(sample) - centre) / spread);
  }
  if (scores.empty()) return Interval{centre, centre};
  std::sort(scores.begin(), scores.end());
  return Interval{centre - quantile(scores, 0.975) * error, centre - quantile(scores, 0.025) * error};
}

std::vector<std::size_t> outliers(std::span<const double> values) {
  constexpr std::size_t kFewest = 4;
  std::vector<std::size_t> places;
  if (values.size() < kFewest) return places;
  std::vector<double> logarithms;
  logarithms.reserve(values.size());
  for (const double value : values) logarithms.push_back(std::log(value));
  const double centre = median(logarithms);
  std::vector<double> distances;
  distances.reserve(values.size());
  for (const double logarithm : logarithms) distances.push_back(std::abs(logarithm - centre));
  const double spread = median(distances);
  if (spread <= 0) return places;
  for (std::size_t i = 0; i < distances.size(); ++i) {
    if (0.6745 * distances[i] / spread > 3.5) places.push_back(i);
  }
  return places;
}

std::vector<double> holm(std::span<const double> p_values) {
  std::vector<std::size_t> ascending(p_values.size());
  std::iota(ascending.begin(), ascending.end(), std::size_t{0});
  std::sort(ascending.begin(), ascending.end(),
            [&](std::size_t a, std::size_t b) { return p_values[a] < p_values[b]; });
  std::vector<double> corrected(p_values.size());
  double largest = 0;
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    const double scaled = static_cast<double>(ascending.size() - i) * p_values[ascending[i]];
    largest = std::max(largest, std::min(1.0, scaled));
    corrected[ascending[i]] = largest;
  }
  return corrected;
}

}  // namespace labday
