// Random draws from the distributions that noise is modelled by, for parametric bootstraps.
#pragma once

#include "lab/random.h"

namespace labday {

/// From the standard normal distribution, by the polar method.
/// Source: G. Marsaglia, T. Bray, A convenient method for generating normal variables, SIAM Review 6 (1964).
[[nodiscard]] double normal_draw(Random& random);

/// From Student's distribution with `degrees` > 0 degrees of freedom, whole or not: a normal draw over the
/// root of a chi-squared one. Source of the latter: G. Marsaglia, W. Tsang, A simple method for generating
/// gamma variables, ACM Transactions on Mathematical Software 26 (2000).
[[nodiscard]] double student_draw(Random& random, double degrees);

}  // namespace labday
