#include "image/samples.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <new>
#include <vector>

#include "support/golden.h"

namespace labday {
namespace {

bool same_pixels(const Image& a, const Image& b) {
  return a.size() == b.size() && std::memcmp(a.view().data, b.view().data, a.byte_count()) == 0;
}

std::uint64_t hash_of(const Image& image) {
  return testing::golden_hash({image.view().data, image.byte_count()});
}

TEST(Samples, AreTheSameForTheSameSeed) {
  EXPECT_TRUE(same_pixels(draw_sample(1, 4, {120, 80}), draw_sample(1, 4, {120, 80})));
}

TEST(Samples, DifferFromIndexToIndexAndFromSeedToSeed) {
  std::vector<Image> images;
  for (std::int32_t index = 0; index < 30; ++index) images.push_back(draw_sample(1, index, {60, 40}));
  images.push_back(draw_sample(2, 0, {60, 40}));
  for (std::size_t a = 0; a < images.size(); ++a) {
    for (std::size_t b = a + 1; b < images.size(); ++b) {
      EXPECT_FALSE(same_pixels(images[a], images[b])) << a << " and " << b;
    }
  }
}

// The values were computed once, with g++ 12 at -O3; clang, other optimisations and sanitizers must agree.
// They change only when the pictures are changed on purpose.
TEST(Samples, HaveTheSamePixelsWithEveryCompiler) {
  const std::vector<std::uint64_t> golden{0xF8E2E7430D91EC8BU, 0x91AFB3C73D0E1CB1U, 0x42687A5A8CD1C975U,
                                          0xC7D861AA8F1B8BFEU, 0x58BCFFAC346C6566U, 0x1EC0B69640527C4CU};
  for (std::size_t index = 0; index < golden.size(); ++index) {
    EXPECT_EQ(hash_of(draw_sample(1, static_cast<std::int32_t>(index), {300, 200})), golden[index]) << index;
  }
}

TEST(Samples, CanBeDrawnAtAnySize) {
  for (const Size size : {Size{1, 1}, Size{3, 500}, Size{500, 3}, Size{2, 1}, Size{1, 2}, Size{1200, 800}}) {
    for (std::int32_t index = 0; index < 6; ++index) {
      const Image image = draw_sample(7, index, size);
      EXPECT_EQ(image.size(), size);
      EXPECT_EQ(image.format(), PixelFormat::rgb);
    }
  }
}

TEST(Samples, AcceptTheExtremesOfSeedAndIndex) {
  EXPECT_EQ(draw_sample(UINT64_MAX, INT32_MAX, {9, 6}).size(), (Size{9, 6}));
  EXPECT_EQ(draw_sample(0, 0, {9, 6}).size(), (Size{9, 6}));
}

TEST(Samples, UseTheWholeRangeOfTonesAndHaveNoise) {
  const Image image = draw_sample(1, 1, {600, 400});
  std::vector<int> count(256);
  for (std::size_t i = 0; i < image.byte_count(); ++i) ++count[image.view().data[i]];
  int used = 0;
  for (const int c : count) used += c > 0 ? 1 : 0;
  EXPECT_GT(used, 220);
  int changes = 0;
  for (std::int32_t x = 1; x < 600; ++x)
    changes += image.view().row(5)[3 * x] != image.view().row(5)[3 * x - 3] ? 1 : 0;
  EXPECT_GT(changes, 400) << "the sky has no noise";
}

TEST(JpegEncoder, WritesAWholeFile) {
  const Bytes jpeg = encode_jpeg(draw_sample(1, 0, {900, 600}).view(), 90);
  ASSERT_GT(jpeg.size(), 65536U) << "to see that the destination grows";
  EXPECT_EQ(jpeg[0], 0xFF);
  EXPECT_EQ(jpeg[1], 0xD8);
  EXPECT_EQ(jpeg[jpeg.size() - 2], 0xFF);
  EXPECT_EQ(jpeg[jpeg.size() - 1], 0xD9);
}

TEST(JpegEncoder, SpendsMoreBytesOnMoreQuality) {
  const Image image = draw_sample(1, 3, {200, 100});
  EXPECT_LT(encode_jpeg(image.view(), 50).size(), encode_jpeg(image.view(), 95).size());
}

TEST(JpegEncoder, TakesGrey) {
  Image image({33, 21}, PixelFormat::l);
  std::memset(image.data(), 90, image.byte_count());
  const Bytes jpeg = encode_jpeg(image.view(), 90);
  EXPECT_GT(jpeg.size(), 100U);
}

TEST(JpegEncoder, ThrowsWhenLibjpegGivesUpAndLeaksNothing) {
  Image image({kMaxJpegSide + 1, 1}, PixelFormat::l);
  std::memset(image.data(), 0, image.byte_count());
  EXPECT_THROW(static_cast<void>(encode_jpeg(image.view(), 90)), std::bad_alloc);
}

}  // namespace
}  // namespace labday
