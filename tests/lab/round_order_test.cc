#include "lab/round_order.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

namespace labday {
namespace {

using Block = std::vector<std::size_t>;

std::vector<Block> blocks(std::size_t entries, std::uint64_t seed, std::size_t count) {
  RoundOrder order(entries, seed);
  std::vector<Block> all;
  for (std::size_t i = 0; i < count; ++i) all.push_back(order.next_block());
  return all;
}

TEST(RoundOrder, GivesEveryEntryOneTurnABlock) {
  for (std::size_t entries = 1; entries <= 9; ++entries) {
    for (Block block : blocks(entries, entries, 40)) {
      std::sort(block.begin(), block.end());
      for (std::size_t i = 0; i < entries; ++i) ASSERT_EQ(block.at(i), i);
      ASSERT_EQ(block.size(), entries);
    }
  }
}

TEST(RoundOrder, PutsEveryEntryAtEveryPlaceOnceInAsManyBlocks) {
  for (std::size_t entries = 2; entries <= 9; ++entries) {
    const std::vector<Block> all = blocks(entries, 7 * entries, 3 * entries);
    for (std::size_t first = 0; first < all.size(); first += entries) {
      for (std::size_t place = 0; place < entries; ++place) {
        std::set<std::size_t> seen;
        for (std::size_t i = 0; i < entries; ++i) seen.insert(all[first + i][place]);
        EXPECT_EQ(seen.size(), entries) << entries << " entries, place " << place;
      }
    }
  }
}

TEST(RoundOrder, PutsEveryEntryBehindEveryOtherEquallyOften) {
  for (std::size_t entries = 2; entries <= 9; ++entries) {
    const std::size_t cycle = entries % 2 == 0 ? entries : 2 * entries;
    std::map<std::pair<std::size_t, std::size_t>, std::size_t> pairs;
    for (const Block& block : blocks(entries, 5 * entries, cycle)) {
      for (std::size_t i = 1; i < entries; ++i) ++pairs[{block[i - 1], block[i]}];
    }
    EXPECT_EQ(pairs.size(), entries * (entries - 1)) << entries;
    for (const auto& [pair, count] : pairs) EXPECT_EQ(count, cycle / entries) << entries;
  }
}

TEST(RoundOrder, FollowsFromTheSeed) {
  EXPECT_EQ(blocks(8, 1, 20), blocks(8, 1, 20));
  EXPECT_NE(blocks(8, 1, 20), blocks(8, 2, 20));
}

TEST(RoundOrder, LetsEveryEntryComeFirstEquallyOften) {
  std::vector<int> first(5, 0);
  constexpr int kSeeds = 2000;
  for (int seed = 0; seed < kSeeds; ++seed) {
    ++first[blocks(5, static_cast<std::uint64_t>(seed), 1).front().front()];
  }
  for (const int count : first) EXPECT_NEAR(count, kSeeds / 5.0, 80);  // 4.5 standard deviations
}

// The numbers are those of the authors' own program, splitmix64.c, for the seed 1234567.
TEST(Random, IsSplitMix64) {
  Random random(1234567);
  EXPECT_EQ(random.next(), 6457827717110365317U);
  EXPECT_EQ(random.next(), 3203168211198807973U);
  EXPECT_EQ(random.next(), 9817491932198370423U);
}

TEST(Random, StaysBelowAndReachesEveryNumber) {
  Random random(1);
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(random.below(7));
  EXPECT_EQ(seen, (std::set<std::uint64_t>{0, 1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(random.below(1), 0U);
}

}  // namespace
}  // namespace labday
