#include "pipeline/shard.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

namespace labday {
namespace {

TEST(Shard, IsReadAsItIsTyped) {
  EXPECT_EQ(*Shard::parse("2/4"), (Shard{2, 4}));
  for (const char* text : {"", "/", "1", "0/4", "5/4", "1/0", "-1/4", "1/4 ", "1/4/4", "a/4", "1/10000000"}) {
    const auto shard = Shard::parse(text);
    ASSERT_FALSE(shard) << text;
    EXPECT_EQ(shard.error().code, ErrorCode::usage);
  }
}

TEST(Shard, EachSourceIsInExactlyOneAndTheyAreBalanced) {
  constexpr int kSources = 20'000;
  for (const std::uint32_t count : {1U, 2U, 3U, 7U, 64U}) {
    std::vector<int> sizes(count, 0);
    for (int i = 0; i < kSources; ++i) {
      const std::string path = "photos/2024/image-" + std::to_string(i) + ".jpg";
      int in = 0;
      for (std::uint32_t number = 1; number <= count; ++number) {
        if (!Shard{number, count}.has(path)) continue;
        ++in;
        ++sizes[number - 1];
      }
      ASSERT_EQ(in, 1) << path;
    }
    const double share = static_cast<double>(kSources) / count;
    for (const int size : sizes) EXPECT_NEAR(size, share, 5 * std::sqrt(share)) << count;
  }
}

TEST(Shard, TheAssignmentIsForEver) {
  // Two machines with two versions of labday must not both leave a source out.
  EXPECT_TRUE((Shard{3, 4}.has("photos/a.jpg"))) << "the assignment has changed";
  EXPECT_TRUE((Shard{4, 4}.has("photos/b.jpg"))) << "the assignment has changed";
}

}  // namespace
}  // namespace labday
