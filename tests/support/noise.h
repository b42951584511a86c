// The noise of real rounds, and random numbers made of it, for experiments that are simulated.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <ostream>
#include <vector>

#include "lab/random.h"
#include "lab/statistics.h"

namespace labday::testing {

/// Normal with mean 0 and deviation 1, by Box and Muller.
inline double normal(Random& random) {
  const double radius = std::sqrt(-2 * std::log(1 - random.uniform()));
  return radius * std::cos(2 * std::numbers::pi * random.uniform());
}

/// Seconds of 30 rounds of `labday bench photos --modes blocking --rounds 30` on ten photographs, one behind
/// the other, on two cores of an AMD EPYC under Linux 6.18.
struct MeasuredNoise {
  const char* name;
  bool saturated;  // were there several times as many runnable tasks as cores, which none may be in a
                   // measurement?
  std::array<double, 30> seconds;
};

/// For GoogleTest: a failure names the noise.
inline void PrintTo(const MeasuredNoise& noise, std::ostream* out) { *out << noise.name; }

inline const std::array kMeasuredNoise{
    // One core had nothing else to do (a real-time priority saw to that), the other was busy with compilers.
    // The
    // deviation is 1.6 %, neighbours do not resemble each other (autocorrelation 0.1).
    MeasuredNoise{
        "OneCoreFree", false, {3.156, 3.137, 3.114, 3.130, 3.218, 3.211, 3.135, 3.181, 3.168, 3.109,
                               3.179, 3.152, 3.082, 3.166, 3.134, 3.104, 3.088, 3.151, 3.124, 3.062,
                               3.155, 3.182, 3.260, 3.134, 3.140, 3.095, 3.067, 3.074, 3.258, 3.123}},
    // Some fifteen compilers at a time shared the two cores. The deviation is 11 %, the autocorrelation 0.4.
    MeasuredNoise{
        "Saturated", true, {12.263, 9.290,  10.262, 12.207, 10.010, 8.875,  10.680, 10.728, 12.955, 12.746,
                            11.669, 11.758, 12.335, 11.865, 13.262, 11.086, 10.293, 12.230, 13.105, 12.214,
                            11.409, 9.661,  9.837,  9.585,  9.974,  10.798, 9.834,  9.927,  10.390, 11.261}},
};

/// Goes on with the noise: log seconds, each the one before times the autocorrelation, plus what was left
/// over at a random place of the measurement. Source: P. Bühlmann, Sieve bootstrap for time series, Bernoulli
/// 3 (1997).
class NoiseSource {
 public:
  NoiseSource(const MeasuredNoise& noise, std::uint64_t seed) : random_(seed) {
    std::vector<double> logarithms;
    for (const double seconds : noise.seconds) logarithms.push_back(std::log(seconds));
    const double centre = mean(logarithms);
    double products = 0;
    double squares = 0;
    for (std::size_t i = 0; i < logarithms.size(); ++i) {
      logarithms[i] -= centre;
      squares += logarithms[i] * logarithms[i];
      if (i > 0) products += logarithms[i] * logarithms[i - 1];
    }
    carried_over_ = products / squares;
    for (std::size_t i = 1; i < logarithms.size(); ++i) {
      innovations_.push_back(logarithms[i] - carried_over_ * logarithms[i - 1]);
    }
    // Fitted to a mean and an autocorrelation, they are a little too small.
    const double shift = mean(innovations_);
    const auto n = static_cast<double>(logarithms.size());
    for (double& innovation : innovations_) innovation = (innovation - shift) * std::sqrt(n / (n - 2));
    for (int i = 0; i < 50; ++i) next();  // forgets that it began at 0
  }

  double next() { return last_ = carried_over_ * last_ + innovations_[random_.below(innovations_.size())]; }

 private:
  Random random_;
  double carried_over_ = 0;
  std::vector<double> innovations_;
  double last_ = 0;
};

}  // namespace labday::testing
