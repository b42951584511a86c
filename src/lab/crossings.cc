#include "lab/crossings.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "lab/draws.h"

namespace labday {
namespace {

/// The logarithm of x where `heights`, which begin on the side of `sign`, first leave it.
double first_zero(std::span<const CurvePoint> curve, const std::vector<double>& heights, double sign) {
  if (heights.front() * sign <= 0) return std::log(curve.front().x);
  for (std::size_t i = 1; i < curve.size(); ++i) {
    if (heights[i] * sign > 0) continue;
    const double left = std::log(curve[i - 1].x);
    const double right = std::log(curve[i].x);
    return left + (right - left) * heights[i - 1] / (heights[i - 1] - heights[i]);
  }
  return std::log(curve.back().x);
}

/// Of the points from one claim to the opposite one.
Crossing locate(std::span<const CurvePoint> curve, std::uint64_t seed) {
  const double sign = curve.front().contrast.log_ratio < 0 ? -1 : 1;
  std::vector<double> heights;
  for (const CurvePoint& point : curve) heights.push_back(point.contrast.log_ratio);
  Crossing crossing;
  crossing.first_was_faster = sign < 0;
  crossing.x = std::exp(first_zero(curve, heights, sign));
  Random random(seed);
  std::vector<double> zeros;
  for (int i = 0; i < kBootstrapSamples; ++i) {
    std::vector<double> moved = heights;
    for (std::size_t k = 0; k < moved.size(); ++k) {
      const Contrast& contrast = curve[k].contrast;
      if (contrast.degrees > 0) moved[k] += contrast.standard_error * student_draw(random, contrast.degrees);
    }
    zeros.push_back(first_zero(curve, moved, sign));
  }
  std::sort(zeros.begin(), zeros.end());
  const auto last = static_cast<double>(zeros.size() - 1);
  crossing.interval = {std::exp(zeros[static_cast<std::size_t>(0.025 * last)]),
                       std::exp(zeros[static_cast<std::size_t>(std::ceil(0.975 * last))])};
  return crossing;
}

}  // namespace

std::vector<Crossing> find_crossings(std::span<const CurvePoint> curve, std::uint64_t seed) {
  std::vector<Crossing> crossings;
  const auto add = [&](std::size_t before, std::size_t after) {
    Crossing crossing = locate(curve.subspan(before, after - before + 1), seed + crossings.size());
    crossing.before = before;
    crossing.after = after;
    crossing.beyond_noise = curve[before].claim != 0 && curve[after].claim != 0;
    crossings.push_back(crossing);
  };
  const auto differ = [&](std::size_t one, std::size_t other) {
    return curve[one].contrast.log_ratio * curve[other].contrast.log_ratio < 0;
  };
  std::optional<std::size_t> last_claim;
  for (std::size_t i = 0; i < curve.size(); ++i) {
    if (curve[i].claim == 0) continue;
    if (!last_claim && i > 0 && differ(i - 1, i)) add(i - 1, i);
    if (last_claim && curve[*last_claim].claim != curve[i].claim) add(*last_claim, i);
    last_claim = i;
  }
  if (last_claim && *last_claim + 1 < curve.size() && differ(*last_claim, *last_claim + 1)) {
    add(*last_claim, *last_claim + 1);
  }
  return crossings;
}

}  // namespace labday
