// The parts of the deflate encoder: codes, runs, matches and blocks; every block is read back by zlib and by
// libdeflate.
#include <gtest/gtest.h>
#include <libdeflate.h>
#include <zlib.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "image/deflate_block.h"
#include "image/deflate_costs.h"
#include "image/deflate_huffman.h"
#include "image/deflate_match.h"
#include "image/deflate_runs.h"
#include "support/simd_targets.h"

namespace labday {
namespace {

using testing::on_every_target;

std::uint64_t total_bits(const std::vector<std::uint32_t>& counts, const std::vector<std::uint8_t>& lengths) {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) bits += std::uint64_t{counts[i]} * lengths[i];
  return bits;
}

// Package-merge (Larmore and Hirschberg, 1990): the least total that any code of limited length has.
std::uint64_t least_bits(const std::vector<std::uint32_t>& counts, int max_length) {
  std::vector<std::uint64_t> leaves;
  for (const std::uint32_t count : counts) {
    if (count > 0) leaves.push_back(count);
  }
  if (leaves.size() == 1) return leaves[0];
  std::sort(leaves.begin(), leaves.end());
  std::vector<std::uint64_t> packages;
  for (int level = 0; level < max_length; ++level) {
    std::vector<std::uint64_t> merged;
    for (std::size_t i = 0; i + 1 < packages.size(); i += 2) merged.push_back(packages[i] + packages[i + 1]);
    packages.resize(leaves.size() + merged.size());
    std::merge(leaves.begin(), leaves.end(), merged.begin(), merged.end(), packages.begin());
  }
  return std::accumulate(packages.begin(),
                         packages.begin() + static_cast<std::ptrdiff_t>(2 * leaves.size() - 2),
                         std::uint64_t{0});
}

TEST(Huffman, MakesCompleteCodesWithinTheLimitCloseToTheBest) {
  std::mt19937 random(1);
  for (int trial = 0; trial < 2000; ++trial) {
    const int max_length = 7 + static_cast<int>(random() % 9);
    const std::size_t most = std::min<std::size_t>(286, std::size_t{1} << max_length);
    std::vector<std::uint32_t> counts(1 + random() % most);
    const unsigned spread = 1 + random() % 24;
    for (std::uint32_t& count : counts)
      count = random() % 4 == 0 ? 0 : random() % (1U << (random() % spread));
    if (std::count(counts.begin(), counts.end(), 0U) == static_cast<std::ptrdiff_t>(counts.size())) continue;
    std::vector<std::uint8_t> lengths(counts.size());
    huffman_lengths(counts, max_length, lengths);
    std::uint64_t space = 0;
    std::size_t used = 0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
      ASSERT_EQ(lengths[i] > 0, counts[i] > 0);
      ASSERT_LE(lengths[i], max_length);
      if (lengths[i] > 0) space += std::uint64_t{1} << (max_length - lengths[i]);
      used += counts[i] > 0;
    }
    if (used > 1) {
      EXPECT_EQ(space, std::uint64_t{1} << max_length);
    } else {
      EXPECT_EQ(*std::max_element(lengths.begin(), lengths.end()), 1);
    }
    const std::uint64_t best = least_bits(counts, max_length);
    EXPECT_GE(total_bits(counts, lengths), best);
    // Close where the limit leaves room, as deflate's do; these counts are spread wider than any block's.
    EXPECT_LE(total_bits(counts, lengths), best + best / (max_length >= 12 ? 50 : 2))
        << "limit " << max_length;
    const bool unlimited = best == least_bits(counts, 40);
    if (unlimited) {
      EXPECT_EQ(total_bits(counts, lengths), best);
    }
  }
}

TEST(Huffman, GivesTheCodesOfTheSpecification) {
  // The example of RFC 1951, section 3.2.2: ABCDEFGH with lengths 3, 3, 3, 3, 3, 2, 4, 4.
  const std::vector<std::uint8_t> lengths{3, 3, 3, 3, 3, 2, 4, 4};
  std::vector<std::uint16_t> codes(8);
  huffman_codes(lengths, codes);
  const auto reversed = [](unsigned code, int length) {
    unsigned result = 0;
    for (int i = 0; i < length; ++i) result |= ((code >> i) & 1) << (length - 1 - i);
    return static_cast<std::uint16_t>(result);
  };
  const std::vector<std::uint16_t> expected{reversed(2, 3), reversed(3, 3), reversed(4, 3),  reversed(5, 3),
                                            reversed(6, 3), reversed(0, 2), reversed(14, 4), reversed(15, 4)};
  EXPECT_EQ(codes, expected);
}

TEST(DeflateSymbols, FollowTheTablesOfTheSpecification) {
  EXPECT_EQ(kLengthIndex[3], 0);
  EXPECT_EQ(kLengthIndex[10], 7);
  EXPECT_EQ(kLengthIndex[11], 8);
  EXPECT_EQ(kLengthIndex[12], 8);
  EXPECT_EQ(kLengthIndex[257], 27);
  EXPECT_EQ(kLengthIndex[258], 28);
  EXPECT_EQ(kLengthExtra[27].count, 5);
  EXPECT_EQ(kLengthExtra[28].count, 0);
  for (std::uint32_t distance = 1; distance <= kMaxDistance; ++distance) {
    const ExtraBits extra = kDistanceExtra[distance_symbol(distance)];
    ASSERT_GE(distance, extra.base);
    ASSERT_LT(distance, extra.base + (1U << extra.count));
  }
}

TEST(DeflateCosts, KnowTheLogarithm) {
  EXPECT_EQ(sixteenths_of_log2(1), 0U);
  EXPECT_EQ(sixteenths_of_log2(3), 25U);  // 16 × 1.58496
  for (std::uint32_t x = 1; x < (1U << 20); x = x * 3 / 2 + 1) {
    EXPECT_EQ(sixteenths_of_log2(2 * x), sixteenths_of_log2(x) + kBit);
  }
}

struct Data {
  std::vector<std::uint8_t> bytes;  // between 64 and 64 more
  std::size_t size;

  [[nodiscard]] const std::uint8_t* begin() const { return bytes.data() + 64; }
};

// What lies around the data differs from call to call, and must not matter.
Data make_data(std::size_t size, unsigned kind, std::mt19937& random) {
  Data data{std::vector<std::uint8_t>(size + 128), size};
  std::uint8_t value = 0;
  for (std::size_t i = 0; i < data.bytes.size(); ++i) {
    switch (kind) {
      case 0:
        value = static_cast<std::uint8_t>(random());
        break;
      case 1:
        break;  // one value
      case 2:
        if (random() % 30 == 0) value = static_cast<std::uint8_t>(random() % 4);
        break;  // runs
      case 3:
        value = static_cast<std::uint8_t>(random() % 3 == 0 ? random() % 3 - 1 : 0);
        break;  // residuals of a smooth region
      default:
        value = i > 300 && random() % 50 != 0 ? data.bytes[i - 217] : static_cast<std::uint8_t>(random());
        break;  // repeats
    }
    data.bytes[i] = value;
  }
  for (std::size_t i = 0; i < 64; ++i) data.bytes[64 + size + i] = static_cast<std::uint8_t>(random());
  return data;
}

TEST(DeflateRuns, AreFoundAsAPlainLoopFindsThem) {
  on_every_target([] {
    std::mt19937 random(2);
    for (unsigned kind = 0; kind < 5; ++kind) {
      for (std::size_t size = 1; size < 1200; size += 1 + random() % 13) {
        const Data data = make_data(size, kind, random);
        const bool previous = random() % 2 == 0;
        std::vector<std::uint64_t> equal(equal_words(size));
        mark_equal(data.begin(), size, previous, equal.data());
        for (std::size_t i = 0; i < equal.size() * 64; ++i) {
          const bool expected = i < size && (i > 0 || previous) && data.begin()[i] == *(data.begin() + i - 1);
          ASSERT_EQ((equal[i / 64] >> (i % 64) & 1) != 0, expected) << i;
        }
        for (const std::uint32_t min_run : {4U, 16U}) {
          Tokens tokens;
          find_runs(equal.data(), size, min_run, tokens);
          Tokens expected;
          std::size_t literals = 0;
          for (std::size_t i = 0; i < size;) {
            std::size_t run = 0;
            while (i + run < size && (equal[(i + run) / 64] >> ((i + run) % 64) & 1) != 0) ++run;
            EXPECT_EQ(run_length(equal.data(), i), run);
            if (run < min_run) {
              i += std::max<std::size_t>(run, 1);
              continue;
            }
            std::size_t left = run;
            while (left >= kMinMatch) {
              const auto length = static_cast<std::uint16_t>(std::min<std::size_t>(left, kMaxMatch));
              expected.push_back({static_cast<std::uint32_t>(i - literals), length, 0});
              i += length;
              left -= length;
              literals = i;
            }
            i += left;
          }
          expected.push_back({static_cast<std::uint32_t>(size - literals), 0, 0});
          ASSERT_EQ(tokens.size(), expected.size());
          for (std::size_t i = 0; i < tokens.size(); ++i) {
            ASSERT_EQ(tokens[i].literals, expected[i].literals);
            ASSERT_EQ(tokens[i].length, expected[i].length);
            ASSERT_EQ(tokens[i].distance(), 1U);
          }
        }
      }
    }
  });
}

std::vector<std::uint8_t> inflate_by_zlib(const std::vector<std::uint8_t>& deflated, std::size_t size) {
  std::vector<std::uint8_t> out(size + 1);
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, -15), Z_OK);
  stream.next_in = const_cast<std::uint8_t*>(deflated.data());
  stream.avail_in = static_cast<uInt>(deflated.size());
  stream.next_out = out.data();
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END) << (stream.msg != nullptr ? stream.msg : "");
  EXPECT_EQ(stream.avail_in, 0U);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return out;
}

std::vector<std::uint8_t> inflate_by_libdeflate(const std::vector<std::uint8_t>& deflated, std::size_t size) {
  std::vector<std::uint8_t> out(size);
  libdeflate_decompressor* decompressor = libdeflate_alloc_decompressor();
  EXPECT_EQ(libdeflate_deflate_decompress(decompressor, deflated.data(), deflated.size(), out.data(), size,
                                          nullptr),
            LIBDEFLATE_SUCCESS);
  libdeflate_free_decompressor(decompressor);
  return out;
}

// Some blocks over the data, by runs alone or with matches, ended by a final one.
std::vector<std::uint8_t> deflate(const Data& data, std::size_t blocks, const MatchEffort* effort,
                                  std::size_t line_bytes = 1000, std::size_t pixel_bytes = 3) {
  std::vector<std::uint8_t> out(data.size * 2 + (blocks + 1) * DeflateBlockWriter::kOverheadBytes);
  BitWriter bits(out.data());
  DeflateBlockWriter writer;
  DeflateMatcher matcher;
  if (effort != nullptr) matcher.begin(*effort);
  SymbolCosts costs{};
  set_usual_match_costs(costs);
  for (std::size_t block = 0; block < blocks; ++block) {
    const std::size_t begin = data.size * block / blocks;
    const std::size_t end = data.size * (block + 1) / blocks;
    const std::uint8_t* at = data.begin() + begin;
    std::vector<std::uint64_t> equal(equal_words(end - begin));
    mark_equal(at, end - begin, begin > 0, equal.data());
    Tokens tokens;
    SymbolCounts counts;
    if (effort != nullptr) {
      count_bytes(at, end - begin, 1, counts.litlen);
      set_literal_costs(counts.litlen, costs);
      matcher.parse({data.begin(), begin, end, equal.data(), line_bytes, pixel_bytes, false}, costs, tokens);
      counts = {};
    } else {
      find_runs(equal.data(), end - begin, 4, tokens);
    }
    count_literals(at, tokens, counts.litlen);
    count_matches(tokens, counts);
    writer.write({at, end - begin}, tokens, counts, block + 1 == blocks, bits);
    set_match_costs(counts, costs);
  }
  bits.align();
  out.resize(bits.bytes());
  return out;
}

TEST(DeflateBlock, IsReadBackByZlibAndLibdeflateAndTheSameOnEveryTarget) {
  const MatchEffort quick{15, 1, {false, 1}, {}};
  const MatchEffort thorough{16, 4, {true, 2}, {}};
  std::mt19937 random(3);
  for (unsigned kind = 0; kind < 5; ++kind) {
    for (const std::size_t size : {1U, 2U, 3U, 7U, 8U, 60U, 700U, 5000U, 70'000U, 200'000U}) {
      const Data data = make_data(size, kind, random);
      const std::vector<std::uint8_t> expected(data.begin(), data.begin() + size);
      for (const MatchEffort* effort : {static_cast<const MatchEffort*>(nullptr), &quick, &thorough}) {
        for (const std::size_t blocks : {std::size_t{1}, std::min<std::size_t>(size, 3)}) {
          SCOPED_TRACE("kind " + std::to_string(kind) + ", " + std::to_string(size) + " bytes");
          std::vector<std::uint8_t> first;
          on_every_target([&] {
            const std::vector<std::uint8_t> deflated =
                deflate(data, blocks, effort, 61 * (1 + kind), 1 + kind % 4);
            if (first.empty()) first = deflated;
            ASSERT_EQ(deflated, first);
          });
          ASSERT_EQ(inflate_by_zlib(first, size), expected);
          ASSERT_EQ(inflate_by_libdeflate(first, size), expected);
          EXPECT_LE(first.size(), size + 5 * blocks + 5 * (size / 65535) + 1);
        }
      }
    }
  }
}

TEST(DeflateMatch, DoesNotDependOnWhatLiesBehindTheBlock) {
  std::mt19937 random(4);
  Data data = make_data(40'000, 4, random);
  const MatchEffort effort{16, 4, {true, 2}, {}};
  const auto deflated = deflate(data, 1, &effort);
  for (std::size_t i = 64 + data.size; i < data.bytes.size(); ++i) data.bytes[i] ^= 0x55;
  EXPECT_EQ(deflate(data, 1, &effort), deflated);
}

TEST(DeflateMatch, FindsWhatRunsDoNot) {
  std::mt19937 random(5);
  const Data data = make_data(100'000, 4, random);
  const MatchEffort effort{15, 1, {false, 1}, {}};
  EXPECT_LT(deflate(data, 1, &effort).size() * 3, deflate(data, 1, nullptr).size());
}

TEST(DeflateBlock, StoresWhatDoesNotShrinkHoweverLongItIs) {
  std::mt19937 random(6);
  const Data data = make_data(300'000, 0, random);
  const std::vector<std::uint8_t> deflated = deflate(data, 1, nullptr);
  EXPECT_EQ(deflated.size(), 300'000 + 5 * 5U);
  EXPECT_EQ(inflate_by_zlib(deflated, data.size).size(), data.size);
}

TEST(DeflateBlock, UsesTheFixedCodesForAFewBytes) {
  std::mt19937 random(7);
  const Data data = make_data(3, 0, random);
  EXPECT_LE(deflate(data, 1, nullptr).size(), 6U);
}

}  // namespace
}  // namespace labday
