#include "lab/scaling.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <limits>

#include "lab/draws.h"

namespace labday {
namespace {

constexpr int kTerms = 3;  // seconds(1), its products with σ and with κ
using Coefficients = std::array<double, kTerms>;

/// The seconds of one count of workers.
struct Observation {
  double workers = 1;
  double seconds = 0;
};

double law(const Coefficients& c, double n) { return (c[0] + c[1] * (n - 1) + c[2] * n * (n - 1)) / n; }

/// Solves the normal equations of the terms that are in use by elimination with pivots; false where they do
/// not determine the coefficients.
bool least_squares(std::span<const Observation> data, const std::array<bool, kTerms>& used,
                   Coefficients& out) {
  std::array<std::array<double, kTerms + 1>, kTerms> m{};
  for (const Observation& point : data) {
    // Divided by what was measured, so that errors are relative: the right-hand side is 1.
    const double n = point.workers;
    const Coefficients row{1 / (n * point.seconds), (n - 1) / (n * point.seconds), (n - 1) / point.seconds};
    for (int i = 0; i < kTerms; ++i) {
      for (int k = 0; k < kTerms; ++k) m[i][k] += row[i] * row[k];
      m[i][kTerms] += row[i];
    }
  }
  for (int i = 0; i < kTerms; ++i) {
    if (used[i]) continue;
    for (int k = 0; k <= kTerms; ++k) m[i][k] = m[std::min(k, kTerms - 1)][i] = 0;
    m[i][i] = 1;
  }
  for (int i = 0; i < kTerms; ++i) {
    int pivot = i;
    for (int k = i + 1; k < kTerms; ++k) {
      if (std::abs(m[k][i]) > std::abs(m[pivot][i])) pivot = k;
    }
    if (std::abs(m[pivot][i]) < 1e-12) return false;
    std::swap(m[i], m[pivot]);
    for (int row = 0; row < kTerms; ++row) {
      if (row == i) continue;
      const double factor = m[row][i] / m[i][i];
      for (int k = i; k <= kTerms; ++k) m[row][k] -= factor * m[i][k];
    }
  }
  for (int i = 0; i < kTerms; ++i) out[i] = used[i] ? m[i][kTerms] / m[i][i] : 0;
  return true;
}

double sum_of_squares(std::span<const Observation> data, const Coefficients& c) {
  double sum = 0;
  for (const Observation& point : data) {
    const double error = law(c, point.workers) / point.seconds - 1;
    sum += error * error;
  }
  return sum;
}

/// The best fit whose coefficients are not negative, with σ at most 1: of the few sets of terms that could be
/// in use, each is tried.
Coefficients fit(std::vector<Observation> data, bool universal) {
  const double unit = data.front().seconds;  // so that a pivot near 0 means the same for all
  for (Observation& point : data) point.seconds /= unit;
  Coefficients best{data.front().workers, 0, 0};
  double least = std::numeric_limits<double>::infinity();
  for (const bool contention : {true, false}) {
    for (const bool coherency : {universal, false}) {
      Coefficients c{};
      if (!least_squares(data, {true, contention, coherency}, c)) continue;
      if (c[0] <= 0 || c[1] < 0 || c[2] < 0) continue;
      c[1] = std::min(c[1], c[0]);
      const double sum = sum_of_squares(data, c);
      if (sum < least) {
        least = sum;
        best = c;
      }
    }
  }
  for (double& coefficient : best) coefficient *= unit;
  return best;
}

double misfit(std::span<const Observation> data, const Coefficients& c) {
  return std::sqrt(sum_of_squares(data, c) / static_cast<double>(data.size()));
}

/// The middle 95 %.
std::optional<Interval> middle(std::vector<double> values) {
  if (values.empty()) return std::nullopt;
  std::sort(values.begin(), values.end());
  const auto last = static_cast<double>(values.size() - 1);
  return Interval{values[static_cast<std::size_t>(0.025 * last)],
                  values[static_cast<std::size_t>(std::ceil(0.975 * last))]};
}

/// What is known of each count: the mean logarithm of its seconds, and how noisy that is.
class Noise {
 public:
  explicit Noise(std::span<const ScalingSample> samples) {
    double squares = 0;
    for (const ScalingSample& sample : samples) {
      std::vector<double> logarithms;
      for (const double seconds : sample.seconds) logarithms.push_back(std::log(seconds));
      const double centre = mean(logarithms);
      for (const double value : logarithms) squares += (value - centre) * (value - centre);
      degrees_ += static_cast<double>(logarithms.size() - 1);
      counts_.push_back(static_cast<double>(logarithms.size()));
      centres_.push_back({static_cast<double>(sample.workers), centre});
    }
    if (degrees_ > 0) deviation_ = std::sqrt(squares / degrees_);
  }

  [[nodiscard]] bool known() const { return degrees_ > 0; }

  [[nodiscard]] std::vector<Observation> observed() const {
    std::vector<Observation> data;
    for (const auto& [workers, centre] : centres_) data.push_back({workers, std::exp(centre)});
    return data;
  }

  [[nodiscard]] std::vector<Observation> draw(Random& random) const {
    std::vector<Observation> data;
    for (std::size_t i = 0; i < centres_.size(); ++i) {
      const double error = deviation_ / std::sqrt(counts_[i]) * student_draw(random, degrees_);
      data.push_back({centres_[i].workers, std::exp(centres_[i].logarithm + error)});
    }
    return data;
  }

 private:
  struct Centre {
    double workers;
    double logarithm;
  };
  std::vector<Centre> centres_;
  std::vector<double> counts_;
  double degrees_ = 0;
  double deviation_ = 0;
};

/// The three estimates of a law, with their intervals.
std::array<Estimate, kTerms> estimates(const Noise& noise, bool universal, std::uint64_t seed,
                                       double& misfit_share) {
  const std::vector<Observation> data = noise.observed();
  const auto shares = [](const Coefficients& c) { return Coefficients{c[0], c[1] / c[0], c[2] / c[0]}; };
  const Coefficients best = fit(data, universal);
  misfit_share = misfit(data, best);
  std::array<std::vector<double>, kTerms> draws;
  Random random(seed);
  for (int i = 0; noise.known() && i < kBootstrapSamples; ++i) {
    const Coefficients drawn = shares(fit(noise.draw(random), universal));
    for (int term = 0; term < kTerms; ++term) draws[term].push_back(drawn[term]);
  }
  std::array<Estimate, kTerms> result;
  const Coefficients values = shares(best);
  for (int term = 0; term < kTerms; ++term) result[term] = {values[term], middle(std::move(draws[term]))};
  return result;
}

}  // namespace

double AmdahlLaw::seconds(double workers) const {
  const double serial = serial_share.value;
  return one_worker_seconds.value * (serial + (1 - serial) / workers);
}

Estimate AmdahlLaw::most_speedup() const {
  const auto limit = [](double share) {
    return share > 0 ? 1 / share : std::numeric_limits<double>::infinity();
  };
  Estimate most{limit(serial_share.value), {}};
  if (const auto& interval = serial_share.interval) {
    most.interval = Interval{limit(interval->high), limit(interval->low)};
  }
  return most;
}

double UniversalLaw::seconds(double workers) const {
  return one_worker_seconds.value *
         (1 + contention.value * (workers - 1) + coherency.value * workers * (workers - 1)) / workers;
}

ScalingLaws fit_scaling(std::span<const ScalingSample> samples, std::uint64_t seed) {
  ScalingLaws laws;
  laws.counts = samples.size();
  if (laws.counts < kCountsForAmdahl) return laws;
  const Noise noise(samples);
  AmdahlLaw amdahl;
  const auto two = estimates(noise, false, seed, amdahl.misfit_share);
  amdahl.one_worker_seconds = two[0];
  amdahl.serial_share = two[1];
  laws.amdahl = amdahl;
  if (laws.counts < kCountsForUniversal) return laws;
  UniversalLaw universal;
  const auto three = estimates(noise, true, seed + 1, universal.misfit_share);
  universal.one_worker_seconds = three[0];
  universal.contention = three[1];
  universal.coherency = three[2];
  if (universal.coherency.value > 0) {
    const double count = std::sqrt((1 - universal.contention.value) / universal.coherency.value);
    universal.fastest = std::max(1.0, count);
  }
  laws.universal = universal;
  return laws;
}

}  // namespace labday
