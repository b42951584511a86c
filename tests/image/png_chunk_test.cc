#include "image/png_chunk.h"

#include <gtest/gtest.h>

#include <numeric>
#include <string>

#include "support/png_file.h"

namespace labday {
namespace {

using testing::png_chunks;
using testing::PngChunk;

// A signature's worth of bytes, then what `write` appends.
Bytes file_with(const std::string& data, std::size_t max_bytes) {
  Bytes file(8);
  const std::size_t start = begin_chunk(file, "IDAT");
  file.insert(file.end(), data.begin(), data.end());
  end_split_chunk(file, start, max_bytes);
  return file;
}

std::string text(const PngChunk& chunk) { return {chunk.data.begin(), chunk.data.end()}; }

TEST(PngChunk, HasTheKnownBytesOfAnEndChunk) {
  Bytes file;
  end_chunk(file, begin_chunk(file, "IEND"));
  EXPECT_EQ(file, (Bytes{0, 0, 0, 0, 'I', 'E', 'N', 'D', 0xae, 0x42, 0x60, 0x82}));
}

TEST(PngChunk, IsSplitWhereItHoldsMoreThanAllowed) {
  std::string data(1000, '\0');
  std::iota(data.begin(), data.end(), '\0');
  for (const std::size_t max_bytes : {1U, 2U, 3U, 7U, 100U, 333U, 499U, 500U, 501U, 999U, 1000U, 1001U}) {
    const std::vector<PngChunk> chunks = png_chunks(file_with(data, max_bytes));
    ASSERT_EQ(chunks.size(), (data.size() + max_bytes - 1) / max_bytes) << max_bytes;
    std::string joined;
    for (const PngChunk& chunk : chunks) {
      EXPECT_EQ(chunk.type, "IDAT");
      EXPECT_LE(chunk.data.size(), max_bytes);
      EXPECT_TRUE(chunk.crc_is_right);
      joined += text(chunk);
    }
    EXPECT_EQ(joined, data) << max_bytes;
  }
}

TEST(PngChunk, StaysOneWhereItIsEmpty) {
  const Bytes file = file_with("", 5);
  EXPECT_EQ(file.size(), 8U + 12U);
  const std::vector<PngChunk> chunks = png_chunks(file);
  ASSERT_EQ(chunks.size(), 1U);
  EXPECT_TRUE(chunks[0].crc_is_right);
}

}  // namespace
}  // namespace labday
