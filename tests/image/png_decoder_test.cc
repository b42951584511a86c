#include <gtest/gtest.h>
#include <png.h>

#include <array>
#include <cstring>

#include "image/codec.h"
#include "image/image_files.h"
#include "image/png_outline.h"
#include "support/corpus.h"

namespace labday {
namespace {

using testing::bytes_of;
using testing::deflated;
using testing::make_exif;
using testing::make_icc;
using testing::make_png;
using testing::png_chunk;
using testing::png_header;
using testing::raw_rows;

constexpr int kGrey = 0;
constexpr int kColour = 2;
constexpr int kPalette = 3;
constexpr int kGreyAlpha = 4;
constexpr int kColourAlpha = 6;

constexpr Size kSize{29, 17};

Error error_of(ByteView file, const DecodeLimits& limits = {}) {
  const Result<Decoded> decoded = decode(file, limits);
  return decoded ? Error{Stage::plan, ErrorCode::internal, {}, "it was decoded"} : decoded.error();
}

bool mentions(const Error& error, std::string_view text) {
  return error.detail.find(text) != std::string::npos;
}

std::string good_rows() { return raw_rows(kSize, 24, 1); }

Bytes good_png(std::string_view before = {}, std::string_view after = {}) {
  return make_png(kSize, 8, kColour, good_rows(), before, after);
}

/// The sample `i` of an unfiltered row that begins behind its filter byte.
unsigned sample(std::string_view row, std::size_t i, int depth) {
  const auto byte = [&](std::size_t at) { return unsigned{static_cast<std::uint8_t>(row[at])}; };
  if (depth == 16) return byte(2 * i) << 8 | byte(2 * i + 1);
  const std::size_t bit = i * static_cast<std::size_t>(depth);
  return byte(bit / 8) >> (8 - static_cast<std::size_t>(depth) - bit % 8) & ((1U << depth) - 1);
}

std::uint8_t to_8_bits(unsigned value, int depth) {
  return static_cast<std::uint8_t>(depth == 16 ? value >> 8 : value * 255 / ((1U << depth) - 1));
}

struct Kind {
  int colour_type;
  int channels;
  std::vector<int> depths;
};

const std::array<Kind, 5> kKinds{{{kGrey, 1, {1, 2, 4, 8, 16}},
                                  {kColour, 3, {8, 16}},
                                  {kPalette, 1, {1, 2, 4, 8}},
                                  {kGreyAlpha, 2, {8, 16}},
                                  {kColourAlpha, 4, {8, 16}}}};

/// What the PNG specification (second edition, 13.12) asks for, computed without libpng. `key` is the colour
/// that tRNS makes transparent, or for a palette its alphas; empty without tRNS.
Bytes expected_pixels(const std::string& raw, const Kind& kind, int depth, const std::string& palette,
                      const std::string& key) {
  Bytes out;
  const std::size_t stride = raw.size() / static_cast<std::size_t>(kSize.height);
  for (std::int32_t y = 0; y < kSize.height; ++y) {
    const std::string_view row =
        std::string_view(raw).substr(static_cast<std::size_t>(y) * stride + 1, stride - 1);
    for (std::int32_t x = 0; x < kSize.width; ++x) {
      bool is_key = true;
      const auto first = static_cast<std::size_t>(x) * static_cast<std::size_t>(kind.channels);
      for (std::size_t c = 0; c < static_cast<std::size_t>(kind.channels); ++c) {
        const unsigned value = sample(row, first + c, depth);
        if (kind.colour_type == kPalette) {
          for (std::size_t i = 0; i < 3; ++i)
            out.push_back(static_cast<std::uint8_t>(palette[3 * value + i]));
          if (!key.empty()) out.push_back(value < key.size() ? static_cast<std::uint8_t>(key[value]) : 255);
          continue;
        }
        out.push_back(to_8_bits(value, depth));
        is_key = is_key && !key.empty() && sample(key, c, 16) == value;
      }
      if (kind.colour_type != kPalette && !key.empty()) out.push_back(is_key ? 0 : 255);
    }
  }
  return out;
}

TEST(PngDecoder, FollowsTheSpecificationForEveryColourTypeAndDepth) {
  for (const Kind& kind : kKinds) {
    for (const int depth : kind.depths) {
      for (const bool transparency : {false, true}) {
        if (transparency && kind.colour_type >= kGreyAlpha) continue;
        SCOPED_TRACE(::testing::Message() << "type " << kind.colour_type << ", depth " << depth);
        const std::string raw = raw_rows(kSize, depth * kind.channels, 7);
        std::string palette;
        std::string key;
        if (kind.colour_type == kPalette) {
          palette = raw_rows({256, 1}, 24, 3).substr(1, (std::size_t{1} << depth) * 3);
          if (transparency) key = std::string("\x00\x80", 2);
        } else if (transparency) {
          // The colour of the first pixel.
          for (std::size_t c = 0; c < static_cast<std::size_t>(kind.channels); ++c) {
            key += testing::be16(sample(std::string_view(raw).substr(1), c, depth));
          }
        }
        const std::string before =
            (palette.empty() ? "" : png_chunk("PLTE", palette)) + (key.empty() ? "" : png_chunk("tRNS", key));
        Result<Decoded> decoded = decode(make_png(kSize, depth, kind.colour_type, raw, before), {});
        ASSERT_TRUE(decoded) << decoded.error().detail;
        const Bytes pixels(decoded->image.data(), decoded->image.data() + decoded->image.byte_count());
        EXPECT_EQ(pixels, expected_pixels(raw, kind, depth, palette, key));
        EXPECT_EQ(decoded->warnings, 0);
      }
    }
  }
}

TEST(PngDecoder, KeepsTheHighByteOf16BitChannels) {
  // 0x00FF would round to 1, and is cut to 0.
  const Result<Decoded> decoded =
      decode(make_png({2, 1}, 16, kGrey, std::string("\0\x00\xFF\xAB\xCD", 5)), {});
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->image.view().data[0], 0x00);
  EXPECT_EQ(decoded->image.view().data[1], 0xAB);
}

TEST(PngDecoder, IgnoresGamma) {
  const Bytes plain = good_png();
  const Bytes gamma =
      good_png(png_chunk("gAMA", testing::be32(22000)) + png_chunk("sRGB", std::string(1, '\0')));
  const Result<Decoded> a = decode(plain, {});
  const Result<Decoded> b = decode(gamma, {});
  ASSERT_TRUE(a && b);
  EXPECT_EQ(std::memcmp(a->image.view().data, b->image.view().data, a->image.byte_count()), 0);
}

/// The pixels by another path through libpng: everything expanded to 16 bits, then the high bytes.
Bytes by_16_bits(const Bytes& file) {
  struct Source {
    ByteView left;
  } source{file};
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  png_set_read_fn(png, &source, [](png_structp p, png_bytep out, std::size_t count) {
    auto* from = static_cast<Source*>(png_get_io_ptr(p));
    if (count > from->left.size()) png_error(p, "end");
    std::memcpy(out, from->left.data(), count);
    from->left = from->left.subspan(count);
  });
  png_read_png(png, info, PNG_TRANSFORM_EXPAND_16, nullptr);
  const std::size_t row_bytes = png_get_rowbytes(png, info);
  Bytes pixels;
  for (std::size_t y = 0; y < png_get_image_height(png, info); ++y) {
    for (std::size_t i = 0; i < row_bytes; i += 2) pixels.push_back(png_get_rows(png, info)[y][i]);
  }
  png_destroy_read_struct(&png, &info, nullptr);
  return pixels;
}

TEST(PngDecoder, ReadsAllOfPngSuite) {
  LABDAY_NEEDS_CORPUS("pngsuite");
  int good = 0;
  int bad = 0;
  for (const auto& path : testing::corpus_files("pngsuite")) {
    if (path.extension() != ".png") continue;
    SCOPED_TRACE(path);
    const Bytes file = testing::read_file(path);
    Result<Decoded> decoded = decode(file, {});
    if (path.filename().string()[0] == 'x') {
      ++bad;
      ASSERT_FALSE(decoded);
      EXPECT_TRUE(decoded.error().code == ErrorCode::corrupt ||
                  decoded.error().code == ErrorCode::unknown_format);
      continue;
    }
    ++good;
    ASSERT_TRUE(decoded) << decoded.error().detail;
    const Bytes pixels(decoded->image.data(), decoded->image.data() + decoded->image.byte_count());
    EXPECT_EQ(pixels, by_16_bits(file));
    EXPECT_EQ(decoded->warnings, 0);
  }
  EXPECT_EQ(good, 161);
  EXPECT_EQ(bad, 14);
}

TEST(PngDecoder, RefusesAFileCutAnywhere) {
  const Bytes file = good_png(png_chunk("tEXt", std::string("Title\0x", 7)));
  for (std::size_t length = 8; length < file.size(); ++length) {
    const Bytes cut(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(length));
    ASSERT_EQ(error_of(cut).code, ErrorCode::truncated) << length << " of " << file.size();
  }
}

TEST(PngDecoder, RefusesAnyChangedBitOfACriticalChunk) {
  const Bytes file = good_png();
  for (std::size_t i = 8; i < file.size(); ++i) {
    Bytes damaged = file;
    damaged[i] ^= 0x10;
    ASSERT_FALSE(decode(damaged, {})) << "byte " << i;
  }
}

TEST(PngDecoder, RefusesContradictoryPixelData) {
  const std::string rows = good_rows();
  const std::string stream = deflated(rows);
  std::string wrong_sum = stream;
  wrong_sum.back() = static_cast<char>(wrong_sum.back() ^ 1);
  const auto with_data = [&](const std::string& chunks) {
    return bytes_of(std::string(testing::kPngSignatureText) + png_header(kSize, 8, kColour) + chunks +
                    png_chunk("IEND", {}));
  };
  EXPECT_TRUE(
      decode(with_data(png_chunk("IDAT", stream.substr(0, 50)) + png_chunk("IDAT", stream.substr(50))), {}));
  const std::vector<std::string> bad{
      png_chunk("IDAT", deflated(rows.substr(0, rows.size() - 1))),
      png_chunk("IDAT", stream.substr(0, stream.size() - 3)),
      png_chunk("IDAT", wrong_sum),
      png_chunk("IDAT", wrong_sum.substr(0, wrong_sum.size() - 4)) +
          png_chunk("IDAT", wrong_sum.substr(wrong_sum.size() - 4)),
      png_chunk("IDAT", stream.substr(0, 50)) + png_chunk("tEXt", std::string("a\0b", 3)) +
          png_chunk("IDAT", stream.substr(50)),
      png_chunk("IDAT", "this is no deflate stream"),
      png_chunk("IDAT", stream, false),
      "",
  };
  for (std::size_t i = 0; i < bad.size(); ++i) {
    const Error error = error_of(with_data(bad[i]));
    EXPECT_EQ(error.code, ErrorCode::corrupt) << i << ": " << error.detail;
  }
}

TEST(PngDecoder, CountsHarmlessOddities) {
  for (const Bytes& file :
       {good_png(png_chunk("tEXt", std::string("a\0b", 3), false)), good_png(png_chunk("tRNS", "\1")),
        good_png(png_chunk("eXIf", "II")), good_png(png_chunk("eXIf", make_exif(6), false)),
        make_png(kSize, 8, kColour, good_rows() + "too much")}) {
    const Result<Decoded> decoded = decode(file, {});
    ASSERT_TRUE(decoded) << decoded.error().detail;
    EXPECT_EQ(decoded->warnings, 1);
    EXPECT_EQ(decoded->orientation, Orientation::upright);
  }
}

TEST(PngDecoder, DoesNotLoseTransparencyInSilence) {
  EXPECT_EQ(error_of(good_png(png_chunk("tRNS", std::string(6, '\0'), false))).code, ErrorCode::corrupt);
}

TEST(PngDecoder, ShowsTheDefaultImageOfAnAnimation) {
  std::string frames;
  for (std::uint32_t i = 0; i < 1500; ++i) {  // frames do not count as ancillary chunks
    frames += png_chunk("fcTL", testing::be32(i) + std::string(22, '\0')) +
              png_chunk("fdAT", testing::be32(i) + "x");
  }
  const Bytes file = good_png(png_chunk("acTL", testing::be32(1500) + testing::be32(0)), frames);
  const Result<Decoded> animated = decode(file, {});
  ASSERT_TRUE(animated) << animated.error().detail;
  EXPECT_EQ(std::memcmp(animated->image.view().data, decode(good_png(), {})->image.view().data,
                        animated->image.byte_count()),
            0);
}

TEST(PngDecoder, SaysWhichVariantsItDoesNotKnow) {
  const Error error = error_of(good_png(png_chunk("CgBI", "1234")));
  EXPECT_EQ(error.code, ErrorCode::unsupported);
  EXPECT_TRUE(mentions(error, "CgBI")) << error.detail;
}

TEST(PngDecoder, ReadsTheOrientationBeforeAndAfterThePixels) {
  for (unsigned value = 1; value <= 8; ++value) {
    const std::string chunk = png_chunk("eXIf", make_exif(value, value % 2 == 0));
    for (const Bytes& file : {good_png(chunk), good_png({}, chunk)}) {
      EXPECT_EQ(decode(file, {})->orientation, static_cast<Orientation>(value));
      EXPECT_EQ(probe(file, {})->orientation, static_cast<Orientation>(value));
    }
  }
}

TEST(PngDecoder, ReadsTheOrientationBehindThePrefixThatBelongsIntoAJpeg) {
  const std::string prefix("Exif\0\0", 6);
  const Result<Decoded> decoded = decode(good_png(png_chunk("eXIf", prefix + make_exif(6))), {});
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->orientation, Orientation::rotate_cw);
  EXPECT_EQ(decoded->warnings, 0);
  EXPECT_EQ(decode(good_png(png_chunk("eXIf", prefix)), {})->warnings, 1);
}

std::string iccp(const std::string& profile) {
  return png_chunk("iCCP", std::string("name\0\0", 6) + deflated(profile));
}

TEST(PngDecoder, KeepsAProfileThatDescribesThePixels) {
  const std::string rgb = make_icc("RGB ", 5000);
  const Result<Decoded> decoded = decode(good_png(iccp(rgb)), {});
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->icc_profile, bytes_of(rgb));
  EXPECT_EQ(decoded->warnings, 0);
  // Zeros inflate a thousandfold, so that the room has to grow.
  std::string smooth = make_icc("RGB ", 500'000);
  std::fill(smooth.begin() + 128, smooth.end(), '\0');
  EXPECT_EQ(decode(good_png(iccp(smooth)), {})->icc_profile, bytes_of(smooth));
}

TEST(PngDecoder, LeavesOutWhatStandsBehindAProfile) {
  const std::string rgb = make_icc("RGB ", 1000);
  EXPECT_EQ(decode(good_png(iccp(rgb + "padding")), {})->icc_profile, bytes_of(rgb));
}

TEST(PngDecoder, DropsAProfileThatDoesNot) {
  for (const std::string& chunk :
       {iccp(make_icc("GRAY")), iccp(make_icc("RGB ", 500).substr(0, 400)), png_chunk("iCCP", "name"),
        png_chunk("iCCP", std::string("name\0\0nonsense", 14)),
        png_chunk("iCCP", std::string("name\0", 5))}) {
    const Result<Decoded> decoded = decode(good_png(chunk), {});
    ASSERT_TRUE(decoded) << decoded.error().detail;
    EXPECT_TRUE(decoded->icc_profile.empty());
    EXPECT_EQ(decoded->warnings, 1);
  }
}

TEST(PngDecoder, NamesTheFlagOfEachLimit) {
  DecodeLimits limits;
  limits.source_pixels = kSize.pixels() - 1;
  EXPECT_EQ(error_of(good_png(), limits).code, ErrorCode::over_limit);
  EXPECT_EQ(probe(good_png(), limits).error().code, ErrorCode::over_limit);
  EXPECT_TRUE(mentions(error_of(good_png(), limits), "--max-pixels"));

  limits = {};
  std::string chunks;
  for (int i = 0; i < 1000; ++i) chunks += png_chunk("tEXt", std::string("a\0b", 3));
  EXPECT_TRUE(decode(good_png(chunks), limits));
  const Error too_many = error_of(good_png(chunks, png_chunk("tIME", std::string(7, '\1'))), limits);
  EXPECT_EQ(too_many.code, ErrorCode::over_limit);
  EXPECT_TRUE(mentions(too_many, "--max-png-chunks"));

  limits.png_chunk_bytes = 10'000;
  EXPECT_TRUE(decode(good_png(png_chunk("tEXt", std::string(10'000, 'a'))), limits));
  const std::string rgb = make_icc("RGB ", 10'001);
  for (const std::string& chunk : {png_chunk("tEXt", std::string(10'001, 'a')), iccp(rgb)}) {
    const Error error = error_of(good_png(chunk), limits);
    EXPECT_EQ(error.code, ErrorCode::over_limit) << error.detail;
    EXPECT_TRUE(mentions(error, "--max-png-chunk-bytes"));
  }
}

TEST(PngDecoder, RefusesASmallFileThatClaimsToBeHuge) {
  const Bytes beyond = make_png({65500, 65500}, 8, kColour, "");
  EXPECT_EQ(error_of(beyond).code, ErrorCode::over_limit);
  // Within the limit, but no deflate stream of this length could hold so much.
  const Bytes within = make_png({16000, 16000}, 16, kColourAlpha, raw_rows({1, 1}, 64, 1));
  EXPECT_EQ(error_of(within).code, ErrorCode::truncated);
  EXPECT_TRUE(mentions(error_of(within), "16000 x 16000")) << error_of(within).detail;
}

// Files of old versions of libpng among them: the window in the zlib header is smaller than the distances
// used.
TEST(PngDecoder, ReadsAStreamThatDeclaresTooSmallAWindow) {
  const Size size{200, 200};
  std::string rows;
  for (std::int32_t y = 0; y < size.height; ++y) {
    rows += raw_rows({size.width, 1}, 24, static_cast<std::uint32_t>(y % 20));  // repeats after 12 kB
  }
  std::string stream = deflated(rows);
  ASSERT_LT(stream.size(), rows.size() / 2) << "there are long distances";
  stream[0] = 0x08;  // deflate with a window of 256 bytes
  stream[1] = 0x1D;  // (0x081D is a multiple of 31: RFC 1950, 2.2)
  const Bytes file = bytes_of(std::string(testing::kPngSignatureText) + png_header(size, 8, kColour) +
                              png_chunk("IDAT", stream) + png_chunk("IEND", {}));
  const Result<Decoded> decoded = decode(file, {});
  ASSERT_TRUE(decoded) << decoded.error().detail;
  const Result<Decoded> honest = decode(make_png(size, 8, kColour, rows), {});
  EXPECT_EQ(std::memcmp(decoded->image.view().data, honest->image.view().data, decoded->image.byte_count()),
            0);
}

TEST(PngDecoder, TakesAPictureThatIsVeryWide) {
  const Size wide{2'000'000, 1};  // libpng's own limit is a million
  EXPECT_EQ(decode(make_png(wide, 1, kGrey, raw_rows(wide, 1, 1)), {})->image.size(), wide);
}

}  // namespace
}  // namespace labday
