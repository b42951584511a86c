#include "lab/draws.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "lab/statistics.h"

namespace labday {
namespace {

constexpr int kDraws = 200'000;

TEST(NormalDraw, HasMeanNoughtVarianceOneAndTheTailsOfANormal) {
  Random random(1);
  std::vector<double> draws;
  int outside = 0;
  for (int i = 0; i < kDraws; ++i) {
    draws.push_back(normal_draw(random));
    outside += std::abs(draws.back()) > 1.959964 ? 1 : 0;
  }
  EXPECT_NEAR(mean(draws), 0, 0.01);
  EXPECT_NEAR(*standard_deviation(draws), 1, 0.01);
  EXPECT_NEAR(outside / double{kDraws}, 0.05, 0.003);
}

TEST(StudentDraw, ExceedsEachQuantileAsOftenAsItsDistributionSays) {
  for (const double degrees : {1.0, 1.7, 4.0, 30.0}) {
    Random random(2);
    const double half = student_t(0.5, degrees);
    const double most = student_t(0.95, degrees);
    int outside_half = 0;
    int outside_most = 0;
    for (int i = 0; i < kDraws; ++i) {
      const double draw = std::abs(student_draw(random, degrees));
      outside_half += draw > half ? 1 : 0;
      outside_most += draw > most ? 1 : 0;
    }
    EXPECT_NEAR(outside_half / double{kDraws}, 0.5, 0.006) << degrees;
    EXPECT_NEAR(outside_most / double{kDraws}, 0.05, 0.003) << degrees;
  }
}

}  // namespace
}  // namespace labday
