#include "modes/batching.h"

#include <gtest/gtest.h>

namespace labday {
namespace {

constexpr std::size_t kMany = 1'000'000;

Nanoseconds seconds(double s) {
  return std::chrono::duration_cast<Nanoseconds>(std::chrono::duration<double>(s));
}

TEST(AdaptiveBatching, BeginsWithOneAndAtMostDoublesWhileBatchesAreShort) {
  AdaptiveBatching batching(2);
  std::size_t expected = 1;
  for (int i = 0; i < 8; ++i) {
    EXPECT_EQ(batching.size(kMany), expected);
    batching.completed(expected, seconds(0.0001 * static_cast<double>(expected)));
    expected *= 2;
  }
}

TEST(AdaptiveBatching, AimsAtFourTenthsOfASecondAndStaysThere) {
  AdaptiveBatching batching(2);
  // 0.15 s a task: the ideal of 0.2 s is one task, twice that is two.
  EXPECT_EQ(batching.size(kMany), 1U);
  batching.completed(1, seconds(0.15));
  EXPECT_EQ(batching.size(kMany), 2U);
  batching.completed(2, seconds(0.3));
  EXPECT_EQ(batching.size(kMany), 2U);
}

TEST(AdaptiveBatching, ShrinksToFourTenthsOfASecondWhenBatchesTakeTooLong) {
  AdaptiveBatching batching(2);
  for (std::size_t size = 1; size < 64; size *= 2) {
    ASSERT_EQ(batching.size(kMany), size);
    batching.completed(size, seconds(0.001));
  }
  ASSERT_EQ(batching.size(kMany), 64U);
  batching.completed(64, seconds(6.4));  // 0.1 s a task
  EXPECT_EQ(batching.size(kMany), 4U);
}

TEST(AdaptiveBatching, NeverGoesBelowOneTask) {
  AdaptiveBatching batching(2);
  EXPECT_EQ(batching.size(kMany), 1U);
  batching.completed(1, seconds(100));
  EXPECT_EQ(batching.size(kMany), 1U);
}

TEST(AdaptiveBatching, SmoothsDurationsWithEightTenthsOfTheOldOne) {
  AdaptiveBatching batching(2);
  EXPECT_EQ(batching.size(kMany), 1U);
  batching.completed(1, seconds(0.3));  // neither short nor long
  batching.completed(1, seconds(0.0));  // 0.24 now
  EXPECT_EQ(batching.size(kMany), 1U);
  batching.completed(1, seconds(0.0));  // 0.192: short
  EXPECT_EQ(batching.size(kMany), 2U);
}

TEST(AdaptiveBatching, IgnoresBatchesOfAnotherSize) {
  AdaptiveBatching batching(2);
  EXPECT_EQ(batching.size(kMany), 1U);
  batching.completed(7, seconds(0.001));
  EXPECT_EQ(batching.size(kMany), 1U);
}

TEST(AdaptiveBatching, CutsTheLastTasksSmallerSoThatAllWorkersEndTogether) {
  AdaptiveBatching batching(2);
  for (std::size_t size = 1; size < 64; size *= 2) {
    ASSERT_EQ(batching.size(kMany), size);
    batching.completed(size, seconds(0.001));
  }
  EXPECT_EQ(batching.size(128), 64U);
  EXPECT_EQ(batching.size(127), 6U);
  EXPECT_EQ(batching.size(19), 1U);
  EXPECT_EQ(batching.size(1), 1U);
}

}  // namespace
}  // namespace labday
