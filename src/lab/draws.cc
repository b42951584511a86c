#include "lab/draws.h"

#include <cassert>
#include <cmath>

namespace labday {
namespace {

/// Shape at least 1/2, scale 1.
double gamma_draw(Random& random, double shape) {
  if (shape < 1) return gamma_draw(random, shape + 1) * std::pow(1 - random.uniform(), 1 / shape);
  const double d = shape - 1.0 / 3;
  const double c = 1 / std::sqrt(9 * d);
  for (;;) {
    const double x = normal_draw(random);
    const double root = 1 + c * x;
    if (root <= 0) continue;
    const double v = root * root * root;
    if (std::log(1 - random.uniform()) < x * x / 2 + d - d * v + d * std::log(v)) return d * v;
  }
}

}  // namespace

double normal_draw(Random& random) {
  for (;;) {
    const double x = 2 * random.uniform() - 1;
    const double y = 2 * random.uniform() - 1;
    const double square = x * x + y * y;
    if (square > 0 && square < 1) return x * std::sqrt(-2 * std::log(square) / square);
  }
}

double student_draw(Random& random, double degrees) {
  assert(degrees > 0);
  const double normal = normal_draw(random);
  return normal / std::sqrt(2 * gamma_draw(random, degrees / 2) / degrees);
}

}  // namespace labday
