// Every SIMD target that this machine has, against the plain reference: all formats and filters, many sizes,
// any order of strips. That the reference is Pillow is checked in tests/oracle, and here by values taken from
// it.
#include "image/resample.h"

#include <gtest/gtest.h>
#include <hwy/targets.h>

#include <algorithm>
#include <cstring>
#include <numeric>
#include <ostream>
#include <random>
#include <vector>

#include "image/reference_resample.h"
#include "image/resample_kernels.h"
#include "image/resample_weights.h"
#include "support/golden.h"

namespace labday {
namespace {

using testing::reference_resize;

constexpr PixelFormat kFormats[] = {PixelFormat::l, PixelFormat::la, PixelFormat::rgb, PixelFormat::rgba};
constexpr Filter kFilters[] = {Filter::nearest, Filter::box,     Filter::bilinear,
                               Filter::hamming, Filter::bicubic, Filter::lanczos};

using Random = std::mt19937;

int uniform(Random& random, int low, int high) {
  return low + static_cast<int>(random() % static_cast<unsigned>(high - low + 1));
}

/// Noise, or with `extreme` only 0 and 255, which makes sums overshoot on both sides.
Image random_image(Random& random, Size size, PixelFormat format, bool extreme = false) {
  Image image(size, format);
  for (std::size_t i = 0; i < image.byte_count(); ++i) {
    const auto v = static_cast<std::uint8_t>(random() >> 13);
    image.data()[i] = extreme ? (v < 128 ? 0 : 255) : v;
  }
  // Alpha that is often none or full, as in real images.
  if (has_alpha(format) && !extreme) {
    const auto n = static_cast<std::size_t>(channels(format));
    for (std::size_t i = n - 1; i < image.byte_count(); i += n) {
      const int kind = uniform(random, 0, 3);
      if (kind < 2) image.data()[i] = kind == 0 ? 0 : 255;
    }
  }
  return image;
}

std::string describe(ImageView source, Size target, Filter filter) {
  return std::to_string(channels(source.format)) + " channels, " + std::to_string(source.size.width) + "x" +
         std::to_string(source.size.height) + " to " + std::to_string(target.width) + "x" +
         std::to_string(target.height) + ", " + std::string(name(filter));
}

::testing::AssertionResult same_pixels(const Image& actual, const Image& expected) {
  for (std::size_t i = 0; i < expected.byte_count(); ++i) {
    const int a = actual.view().data[i];
    const int e = expected.view().data[i];
    if (a != e) return ::testing::AssertionFailure() << "byte " << i << " is " << a << " instead of " << e;
  }
  return ::testing::AssertionSuccess();
}

/// Runs with one SIMD target only, and with all of them again afterwards.
class ResamplerOnTarget : public ::testing::TestWithParam<std::int64_t> {
 protected:
  void SetUp() override { hwy::SetSupportedTargetsForTest(GetParam()); }
  void TearDown() override { hwy::SetSupportedTargetsForTest(0); }

  static void expect_reference(ImageView source, Size target, Filter filter) {
    EXPECT_TRUE(same_pixels(resize(source, target, filter), reference_resize(source, target, filter)))
        << describe(source, target, filter);
  }
};

std::vector<std::int64_t> targets_of_this_machine() {
  std::vector<std::int64_t> targets;
  for (std::int64_t left = hwy::SupportedTargets() & resample_targets(); left != 0; left &= left - 1) {
    targets.push_back(left & -left);
  }
  return targets;
}

INSTANTIATE_TEST_SUITE_P(Targets, ResamplerOnTarget, ::testing::ValuesIn(targets_of_this_machine()),
                         [](const auto& target) { return std::string(hwy::TargetName(target.param)); });

TEST_P(ResamplerOnTarget, EqualsTheReferenceForRandomSizes) {
  Random random(1);
  for (int i = 0; i < 120; ++i) {
    for (const PixelFormat format : kFormats) {
      const Size from{uniform(random, 1, 90), uniform(random, 1, 60)};
      const Size to{uniform(random, 1, 150), uniform(random, 1, 90)};
      const Image source = random_image(random, from, format, i % 3 == 0);
      expect_reference(source.view(), to, kFilters[i % 6]);
    }
  }
}

TEST_P(ResamplerOnTarget, EqualsTheReferenceForEveryNarrowWidth) {
  Random random(2);
  for (int from = 1; from <= 40; ++from) {
    for (int to = 1; to <= 40; ++to) {
      const PixelFormat format = kFormats[(from + to) % 4];
      const Image source = random_image(random, {from, 1 + to % 3}, format);
      expect_reference(source.view(), {to, 1 + from % 5}, kFilters[(from * 7 + to) % 6]);
    }
  }
}

TEST_P(ResamplerOnTarget, EqualsTheReferenceForExtremeRatios) {
  Random random(3);
  constexpr std::pair<Size, Size> kCases[] = {
      {{1, 1}, {300, 200}},    {{3000, 2}, {1, 1}},   {{2, 3000}, {1, 1}},  {{1, 1}, {1, 1}},
      {{2, 2}, {1000, 1}},     {{700, 500}, {1, 1}},  {{1, 500}, {400, 1}}, {{700, 3}, {5, 300}},
      {{1000, 17}, {999, 18}}, {{640, 33}, {64, 33}}, {{33, 640}, {33, 64}}};
  for (const auto& [from, to] : kCases) {
    for (const PixelFormat format : kFormats) {
      const Image source = random_image(random, from, format);
      for (const Filter filter : kFilters) expect_reference(source.view(), to, filter);
    }
  }
}

TEST_P(ResamplerOnTarget, ClampsWhereNegativeWeightsOvershoot) {
  Random random(4);
  for (const Filter filter : {Filter::bicubic, Filter::lanczos}) {
    for (const PixelFormat format : kFormats) {
      const Image source = random_image(random, {61, 47}, format, true);
      expect_reference(source.view(), {200, 150}, filter);
      expect_reference(source.view(), {40, 31}, filter);
    }
  }
}

TEST_P(ResamplerOnTarget, GivesTheSamePixelsForAnyStripsInAnyOrder) {
  Random random(5);
  for (int i = 0; i < 60; ++i) {
    const PixelFormat format = kFormats[i % 4];
    const Filter filter = kFilters[uniform(random, 0, 5)];
    const Size from{uniform(random, 1, 70), uniform(random, 1, 120)};
    // Every third keeps a side, so that one of the passes is skipped.
    const Size to{i % 3 == 1 ? from.width : uniform(random, 1, 90),
                  i % 3 == 2 ? from.height : uniform(random, 1, 200)};
    const Image source = random_image(random, from, format);
    const Image expected = reference_resize(source.view(), to, filter);

    std::vector<std::pair<int, int>> strips;
    for (int first = 0; first < to.height;) {
      const int last = std::min(to.height, first + uniform(random, 1, 30));
      strips.emplace_back(first, last);
      first = last;
    }
    for (const bool shuffled : {false, true}) {
      if (shuffled) std::shuffle(strips.begin(), strips.end(), random);
      Resampler resampler(source.view(), to, filter);
      Image actual(to, format);
      for (const auto& [first, last] : strips) resampler.rows(first, last, actual.row(first));
      EXPECT_TRUE(same_pixels(actual, expected))
          << describe(source.view(), to, filter) << (shuffled ? ", shuffled" : "");
    }
  }
}

TEST_P(ResamplerOnTarget, AddsUpMoreTapsThan16BitCountersHold) {
  Random random(6);
  for (const PixelFormat format : kFormats) {
    // Either side of the number of taps from which on rows are resized one by one.
    const Image shorter = random_image(random, {12'000, 3}, format);
    expect_reference(shorter.view(), {3, 2}, Filter::bicubic);
    const Image longer = random_image(random, {30'000, 3}, format);
    expect_reference(longer.view(), {3, 2}, Filter::bicubic);
  }
  for (const Filter filter : kFilters) {
    const Image wide = random_image(random, {100'000, 1}, PixelFormat::rgb);
    expect_reference(wide.view(), {1, 1}, filter);
    const Image tall = random_image(random, {1, 100'000}, PixelFormat::la);
    expect_reference(tall.view(), {3, 2}, filter);
  }
}

// The values were computed once, with g++ 12 on x86-64, in the order of kFilters.
TEST_P(ResamplerOnTarget, GivesTheSamePixelsOnEveryMachine) {
  constexpr std::uint64_t kGolden[] = {0xBD71F27C9D015A6AU, 0x3D7FFE0042475EF8U, 0xC958578303D7D10EU,
                                       0xC56CB8466F85AB50U, 0x0EED277401DB95BDU, 0x2309187D7A18F42EU};
  for (std::size_t i = 0; i < std::size(kFilters); ++i) {
    Random random(8);
    std::uint64_t hash = testing::golden_hash({});
    for (const PixelFormat format : kFormats) {
      const Image source = random_image(random, {157, 119}, format);
      for (const Size to : {Size{61, 47}, Size{157, 200}, Size{301, 119}, Size{400, 233}}) {
        const Image result = resize(source.view(), to, kFilters[i]);
        hash = testing::golden_hash({result.view().data, result.byte_count()}, hash);
      }
    }
    EXPECT_EQ(hash, kGolden[i]) << name(kFilters[i]);
  }
}

TEST(ResamplerTargets, IncludeThePlainFallback) {
  const std::vector<std::int64_t> targets = targets_of_this_machine();
  EXPECT_TRUE(std::any_of(targets.begin(), targets.end(),
                          [](std::int64_t t) { return t == HWY_SCALAR || t == HWY_EMU128; }));
}

std::vector<int> resized(PixelFormat format, Size from, std::vector<std::uint8_t> pixels, Size to,
                         Filter filter) {
  const Image result = resize({pixels.data(), from, format}, to, filter);
  return {result.view().data, result.view().data + result.byte_count()};
}

TEST(Resampler, GivesValuesTakenFromPillow) {
  // Pillow 9.4: Image.frombytes(mode, size, pixels).resize(size, filter).tobytes()
  const std::vector<std::uint8_t> row{0, 255, 30, 200, 100, 250};
  const auto up = [&](Filter f) { return resized(PixelFormat::l, {6, 1}, row, {9, 1}, f); };
  const auto down = [&](Filter f) { return resized(PixelFormat::l, {6, 1}, row, {4, 1}, f); };
  using V = std::vector<int>;
  EXPECT_EQ(up(Filter::nearest), (V{0, 255, 255, 30, 30, 200, 100, 250, 250}));
  EXPECT_EQ(up(Filter::box), (V{0, 255, 255, 30, 200, 200, 100, 250, 250}));
  EXPECT_EQ(up(Filter::bilinear), (V{0, 128, 217, 68, 115, 183, 117, 175, 250}));
  EXPECT_EQ(up(Filter::hamming), (V{0, 128, 248, 37, 115, 197, 103, 175, 250}));
  EXPECT_EQ(up(Filter::bicubic), (V{0, 133, 241, 50, 107, 196, 105, 174, 255}));
  EXPECT_EQ(up(Filter::lanczos), (V{0, 141, 246, 53, 99, 200, 105, 169, 255}));
  EXPECT_EQ(down(Filter::nearest), (V{0, 30, 200, 250}));
  EXPECT_EQ(down(Filter::box), (V{128, 30, 150, 250}));
  EXPECT_EQ(down(Filter::bilinear), (V{96, 124, 148, 194}));
  EXPECT_EQ(down(Filter::hamming), (V{71, 95, 169, 208}));
  EXPECT_EQ(down(Filter::bicubic), (V{97, 127, 144, 195}));
  EXPECT_EQ(down(Filter::lanczos), (V{102, 139, 129, 197}));

  EXPECT_EQ(
      resized(PixelFormat::rgba, {2, 2}, {255, 0, 10, 255, 200, 100, 50, 128, 0, 255, 90, 0, 17, 34, 51, 3},
              {3, 3}, Filter::bicubic),
      (V{255, 0,  10,  255, 237, 33, 23, 204, 191, 111, 55, 128, 255, 0, 9, 128, 233, 34,
         26,  97, 185, 111, 57,  62, 0,  0,   0,   0,   0,  0,   0,   0, 0, 0,   0,   0}));
  EXPECT_EQ(resized(PixelFormat::la, {4, 1}, {255, 255, 200, 128, 90, 0, 51, 3}, {7, 1}, Filter::lanczos),
            (V{255, 255, 242, 228, 206, 141, 158, 45, 0, 0, 0, 0, 159, 8}));
}

TEST(Resampler, CopiesAnImageOfTheSameSizeEvenUnderTransparency) {
  const std::vector<std::uint8_t> pixels{10, 20, 30, 0, 250, 240, 230, 1};
  for (const Filter filter : kFilters) {
    EXPECT_EQ(resized(PixelFormat::rgba, {2, 1}, pixels, {2, 1}, filter),
              std::vector<int>(pixels.begin(), pixels.end()));
  }
}

TEST(Resampler, DoesNotPremultiplyForNearest) {
  EXPECT_EQ(resized(PixelFormat::la, {1, 1}, {200, 0}, {2, 1}, Filter::nearest),
            (std::vector<int>{200, 0, 200, 0}));
}

TEST(Resampler, KeepsAOneColouredImage) {
  for (const Filter filter : kFilters) {
    const std::vector<std::uint8_t> pixels(37 * 5 * 3, 173);
    const std::vector<int> result = resized(PixelFormat::rgb, {37, 5}, pixels, {50, 11}, filter);
    EXPECT_TRUE(std::all_of(result.begin(), result.end(), [](int v) { return v == 173; })) << name(filter);
  }
}

TEST(Resampler, CanBeMoved) {
  Random random(7);
  const Image source = random_image(random, {20, 30}, PixelFormat::rgb);
  const Image expected = reference_resize(source.view(), {33, 47}, Filter::bicubic);
  Resampler first(source.view(), {33, 47}, Filter::bicubic);
  Image actual({33, 47}, PixelFormat::rgb);
  first.rows(0, 20, actual.row(0));
  Resampler second = std::move(first);
  EXPECT_EQ(second.target(), (Size{33, 47}));
  second.rows(20, 47, actual.row(20));
  EXPECT_TRUE(same_pixels(actual, expected));
}

TEST(Filter, IsFoundByItsName) {
  for (const Filter filter : kFilters) EXPECT_EQ(filter_from_name(name(filter)), filter);
  EXPECT_EQ(filter_from_name("cubic"), std::nullopt);
  EXPECT_EQ(filter_from_name(""), std::nullopt);
}

TEST(Weights, SplitEachWeightExactlyAndKeepTheLowHalfSmall) {
  for (const Filter filter :
       {Filter::box, Filter::bilinear, Filter::hamming, Filter::bicubic, Filter::lanczos}) {
    for (const auto& [in, out] : {std::pair{100, 173}, {100, 37}, {2, 300}, {5000, 3}, {1, 9}}) {
      const Weights weights(in, out, filter);
      ASSERT_EQ(weights.size(), out);
      for (std::int32_t i = 0; i < out; ++i) {
        const TapSpan span = weights.span(i);
        ASSERT_GE(span.first, 0);
        ASSERT_GT(span.count, 0);
        ASSERT_LE(span.first + span.count, in);
        std::int64_t sum = 0;
        for (std::int32_t j = 0; j < span.count; ++j) {
          const TapPair pair = weights.pairs(i)[j / 2];
          const std::int32_t k = weight(pair, j % 2);
          const auto low = static_cast<std::int16_t>(static_cast<std::uint32_t>(pair.low) >> (16 * (j % 2)));
          EXPECT_LE(std::abs(low), std::min(128, std::abs(k)));
          sum += k;
        }
        EXPECT_NEAR(static_cast<double>(sum), 1 << 22, span.count) << name(filter) << " " << in << " " << out;
        if (span.count % 2 == 1) {
          EXPECT_EQ(weight(weights.pairs(i)[span.count / 2], 1), 0);
        }
      }
    }
  }
}

}  // namespace
}  // namespace labday
