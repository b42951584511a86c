// Where two modes change places along an axis of a sweep.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "lab/round_model.h"

namespace labday {

/// Two modes at one point of an axis.
struct CurvePoint {
  double x = 0;       // its value on the axis, above 0; ascending
  Contrast contrast;  // the log ratio of the first mode's seconds to the second's
  /// What is claimed: -1 the first mode is faster, 1 the second is, 0 they cannot be told apart.
  int claim = 0;
};

struct Crossing {
  std::size_t before = 0;    // the last point at which one of them is faster
  std::size_t after = 0;     // the first point at which the other one is
  bool beyond_noise = true;  // is that claimed of both? If not, of one of them, and the other only looks so
  bool first_was_faster = false;
  double x = 0;       // where the curve meets 0, interpolated between points over the logarithm of x
  Interval interval;  // 95 %, within the two points
};

/// A crossing lies between two points with opposite claims and none in between; or, not beyond the noise,
/// between the first claim (or the last one) and the point before (behind) it, if the log ratio has the other
/// sign there. Points without any claim make no crossing. The interval is that of a parametric bootstrap:
/// kBootstrapSamples times each point is moved by Student's t of its own noise, and the first change of sign
/// is looked for anew; where a sample has none, the point counts at which it would have been seen first.
[[nodiscard]] std::vector<Crossing> find_crossings(std::span<const CurvePoint> curve, std::uint64_t seed);

}  // namespace labday
