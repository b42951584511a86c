#include <gtest/gtest.h>

#include <cstring>

#include "image/codec.h"
#include "image/image_files.h"
#include "support/corpus.h"

namespace labday {
namespace {

using testing::find_marker;
using testing::JpegProcess;
using testing::JpegRecipe;
using testing::make_exif;
using testing::make_icc;
using testing::make_jpeg;
using testing::Marker;

constexpr std::uint8_t kSof0 = 0xC0;
constexpr std::uint8_t kSos = 0xDA;
constexpr std::uint8_t kEoi = 0xD9;

Bytes pixels_of(const Bytes& file) {
  Result<Decoded> decoded = decode(file, {});
  EXPECT_TRUE(decoded) << decoded.error().detail;
  if (!decoded) return {};
  return Bytes(decoded->image.data(), decoded->image.data() + decoded->image.byte_count());
}

Error error_of(ByteView file, const DecodeLimits& limits = {}) {
  const Result<Decoded> decoded = decode(file, limits);
  return decoded ? Error{Stage::plan, ErrorCode::internal, {}, "it was decoded"} : decoded.error();
}

bool mentions(const Error& error, std::string_view text) {
  return error.detail.find(text) != std::string::npos;
}

Marker exif_marker(const std::string& exif) { return {JPEG_APP0 + 1, std::string("Exif\0\0", 6) + exif}; }

Marker icc_marker(int number, int count, std::string_view part) {
  Marker marker{JPEG_APP0 + 2, std::string("ICC_PROFILE\0", 12)};
  marker.content += static_cast<char>(number);
  marker.content += static_cast<char>(count);
  marker.content += part;
  return marker;
}

TEST(JpegDecoder, KeepsGreyAsL) {
  JpegRecipe recipe;
  recipe.samples = recipe.stored = JCS_GRAYSCALE;
  const Bytes file = make_jpeg(recipe, Bytes(37 * 23, 77));
  const Result<Decoded> decoded = decode(file, {});
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->image.format(), PixelFormat::l);
  EXPECT_EQ(decoded->image.size(), (Size{37, 23}));
  EXPECT_EQ(pixels_of(file), Bytes(37 * 23, 77));
}

TEST(JpegDecoder, ReadsColoursStoredAsYCbCrOrRgb) {
  Bytes flat(37 * 23 * 3);
  for (std::size_t i = 0; i < flat.size(); ++i) flat[i] = static_cast<std::uint8_t>(40 + 70 * (i % 3));
  for (const J_COLOR_SPACE stored : {JCS_YCbCr, JCS_RGB}) {
    JpegRecipe recipe;
    recipe.stored = stored;
    recipe.quality = 100;
    const Bytes read = pixels_of(make_jpeg(recipe, flat));
    ASSERT_EQ(read.size(), flat.size());
    for (std::size_t i = 0; i < read.size(); ++i) ASSERT_NEAR(read[i], flat[i], 1);
  }
}

TEST(JpegDecoder, MultipliesInvertedCmykByItsBlack) {
  JpegRecipe recipe;
  recipe.samples = JCS_CMYK;
  recipe.quality = 100;
  for (const J_COLOR_SPACE stored : {JCS_CMYK, JCS_YCCK}) {
    recipe.stored = stored;
    Bytes samples(37 * 23 * 4);
    for (std::size_t i = 0; i < samples.size(); ++i)
      samples[i] = std::array<std::uint8_t, 4>{200, 100, 0, 128}[i % 4];
    const Result<Decoded> decoded = decode(make_jpeg(recipe, samples), {});
    ASSERT_TRUE(decoded);
    ASSERT_EQ(decoded->image.format(), PixelFormat::rgb);
    const std::uint8_t* pixel = decoded->image.view().data;
    EXPECT_NEAR(pixel[0], 100, stored == JCS_CMYK ? 0 : 1);  // 200 * 128 / 255 = 100.4
    EXPECT_NEAR(pixel[1], 50, stored == JCS_CMYK ? 0 : 1);
    EXPECT_NEAR(pixel[2], 0, stored == JCS_CMYK ? 0 : 1);
  }
}

TEST(JpegDecoder, GetsTheSamePixelsFromEveryProcess) {
  for (const J_COLOR_SPACE stored : {JCS_YCbCr, JCS_RGB}) {
    JpegRecipe recipe;
    recipe.stored = stored;
    const Bytes baseline = pixels_of(make_jpeg(recipe));
    for (const auto process :
         {JpegProcess::progressive, JpegProcess::arithmetic, JpegProcess::one_scan_a_channel}) {
      recipe.process = process;
      recipe.restart_rows = process == JpegProcess::arithmetic ? 1 : 0;
      EXPECT_EQ(pixels_of(make_jpeg(recipe)), baseline) << static_cast<int>(process);
    }
  }
}

TEST(JpegDecoder, FindsNothingOddInGoodFiles) {
  for (const auto process : {JpegProcess::baseline, JpegProcess::progressive, JpegProcess::arithmetic}) {
    JpegRecipe recipe;
    recipe.process = process;
    EXPECT_EQ(decode(make_jpeg(recipe), {})->warnings, 0);
  }
}

TEST(JpegDecoder, RefusesAFileCutAnywhere) {
  for (const auto process : {JpegProcess::baseline, JpegProcess::progressive, JpegProcess::arithmetic,
                             JpegProcess::one_scan_a_channel}) {
    JpegRecipe recipe;
    recipe.process = process;
    recipe.restart_rows = process == JpegProcess::baseline ? 1 : 0;
    const Bytes file = make_jpeg(recipe);
    for (std::size_t length = 3; length < file.size(); ++length) {
      const Bytes cut(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(length));
      ASSERT_EQ(error_of(cut).code, ErrorCode::truncated) << length << " of " << file.size();
    }
  }
}

TEST(JpegDecoder, RefusesLostSegments) {
  JpegRecipe recipe;
  recipe.size = {64, 64};
  recipe.restart_rows = 1;
  const Bytes file = make_jpeg(recipe);
  const std::size_t first = find_marker(file, 0xD0);
  const std::size_t second = find_marker(file, 0xD1);
  Bytes lost = file;
  lost.erase(lost.begin() + static_cast<std::ptrdiff_t>(first),
             lost.begin() + static_cast<std::ptrdiff_t>(second));
  EXPECT_EQ(error_of(lost).code, ErrorCode::corrupt);
  // An early end that has its end marker: the file is whole, its picture is not.
  Bytes early(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(second));
  early.push_back(0xFF);
  early.push_back(kEoi);
  EXPECT_EQ(error_of(early).code, ErrorCode::corrupt);
  // A segment that holds more than its share was damaged.
  Bytes longer = file;
  longer.insert(longer.begin() + static_cast<std::ptrdiff_t>(second), 5, 0x55);
  EXPECT_EQ(error_of(longer).code, ErrorCode::corrupt);
}

TEST(JpegDecoder, RefusesAChannelWithoutData) {
  JpegRecipe recipe;
  recipe.process = JpegProcess::one_scan_a_channel;
  Bytes file = make_jpeg(recipe);
  const std::size_t second = find_marker(file, kSos, find_marker(file, kSos) + 2);
  const std::size_t third = find_marker(file, kSos, second + 2);
  const std::size_t end = find_marker(file, kEoi);
  ASSERT_LT(third, end);
  file.erase(file.begin() + static_cast<std::ptrdiff_t>(third),
             file.begin() + static_cast<std::ptrdiff_t>(end));
  const Error error = error_of(file);
  EXPECT_EQ(error.code, ErrorCode::corrupt);
  EXPECT_TRUE(mentions(error, "channel 3 of 3")) << error.detail;
}

TEST(JpegDecoder, CountsHarmlessOddities) {
  const Bytes file = make_jpeg();
  const Bytes pixels = pixels_of(file);
  Bytes extraneous = file;
  extraneous.insert(extraneous.end() - 2, {1, 2, 3, 4});
  EXPECT_EQ(pixels_of(extraneous), pixels);
  EXPECT_EQ(decode(extraneous, {})->warnings, 1);
  Bytes revision = file;
  revision[find_marker(file, 0xE0) + 9] = 7;  // the major version of JFIF
  EXPECT_EQ(pixels_of(revision), pixels);
  EXPECT_EQ(decode(revision, {})->warnings, 1);
  Bytes trailing = file;
  trailing.insert(trailing.end(), 1000, 0x42);  // behind the end nobody looks
  EXPECT_EQ(pixels_of(trailing), pixels);
}

TEST(JpegDecoder, NamesTheFlagOfEachLimit) {
  const Bytes file = make_jpeg();
  DecodeLimits limits;
  limits.source_pixels = 37 * 23;
  EXPECT_TRUE(decode(file, limits));
  limits.source_pixels = 37 * 23 - 1;
  EXPECT_EQ(error_of(file, limits).code, ErrorCode::over_limit);
  EXPECT_TRUE(mentions(error_of(file, limits), "--max-pixels"));
  EXPECT_EQ(probe(file, limits).error().code, ErrorCode::over_limit);

  JpegRecipe recipe;
  recipe.process = JpegProcess::progressive;
  const Bytes progressive = make_jpeg(recipe);  // libjpeg writes ten scans
  limits = {};
  limits.jpeg_scans = 10;
  EXPECT_TRUE(decode(progressive, limits));
  limits.jpeg_scans = 9;
  EXPECT_EQ(error_of(progressive, limits).code, ErrorCode::over_limit);
  EXPECT_TRUE(mentions(error_of(progressive, limits), "--max-jpeg-scans"));
}

TEST(JpegDecoder, RefusesASmallFileThatClaimsToBeHuge) {
  for (const int side : {65500, 65535}) {  // libjpeg itself refuses more than 65500
    Bytes file = make_jpeg();
    const std::size_t sof = find_marker(file, kSof0);
    for (const std::size_t at : {sof + 5, sof + 7}) {
      file[at] = static_cast<std::uint8_t>(side >> 8);
      file[at + 1] = static_cast<std::uint8_t>(side & 0xFF);
    }
    EXPECT_EQ(error_of(file).code, ErrorCode::over_limit);
    EXPECT_TRUE(mentions(error_of(file), std::to_string(side)));
    DecodeLimits none;
    none.source_pixels = INT64_MAX;
    EXPECT_EQ(probe(file, none).has_value(), side == 65500);
  }
}

TEST(JpegDecoder, SaysWhichVariantsItDoesNotKnow) {
  const Bytes file = make_jpeg();
  const std::size_t sof = find_marker(file, kSof0);
  Bytes twelve_bits = file;
  twelve_bits[sof + 4] = 12;
  EXPECT_EQ(error_of(twelve_bits).code, ErrorCode::unsupported);
  Bytes lossless = file;
  lossless[sof + 1] = 0xC3;
  EXPECT_EQ(error_of(lossless).code, ErrorCode::unsupported);
  Bytes height_later = file;
  height_later[sof + 5] = height_later[sof + 6] = 0;
  EXPECT_EQ(error_of(height_later).code, ErrorCode::unsupported);
  Bytes two_channels = file;
  const auto third_at = [&](std::size_t at) {
    return two_channels.begin() + static_cast<std::ptrdiff_t>(at);
  };
  const std::size_t sos = find_marker(file, kSos);
  two_channels[sos + 3] = 6 + 2 * 2;
  two_channels[sos + 4] = 2;
  two_channels.erase(third_at(sos + 9), third_at(sos + 11));
  two_channels[sof + 3] = 8 + 3 * 2;
  two_channels[sof + 9] = 2;
  two_channels.erase(third_at(sof + 16), third_at(sof + 19));
  EXPECT_EQ(error_of(two_channels).code, ErrorCode::unsupported);
  EXPECT_TRUE(mentions(error_of(two_channels), "2 channels")) << error_of(two_channels).detail;
}

TEST(JpegDecoder, ReadsTheOrientation) {
  for (unsigned value = 1; value <= 8; ++value) {
    JpegRecipe recipe;
    // XMP uses the same marker; of several EXIF segments the first counts.
    recipe.markers = {{JPEG_APP0 + 1, "http://ns.adobe.com/xap/1.0/"},
                      exif_marker(make_exif(value)),
                      exif_marker(make_exif(value % 8 + 1))};
    const Bytes file = make_jpeg(recipe);
    EXPECT_EQ(decode(file, {})->orientation, static_cast<Orientation>(value));
    EXPECT_EQ(probe(file, {})->orientation, static_cast<Orientation>(value));
    EXPECT_EQ(decode(file, {})->warnings, 0);
  }
}

TEST(JpegDecoder, IsUprightWithBrokenExif) {
  JpegRecipe recipe;
  for (const std::string& exif : {make_exif(0), std::string("II"), std::string()}) {
    recipe.markers = {exif_marker(exif)};
    const Result<Decoded> decoded = decode(make_jpeg(recipe), {});
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->orientation, Orientation::upright);
    EXPECT_EQ(decoded->warnings, 1);
  }
}

TEST(JpegDecoder, JoinsTheSegmentsOfAProfile) {
  const std::string profile = make_icc("RGB ", 150'000);
  JpegRecipe recipe;
  recipe.markers = {icc_marker(3, 3, profile.substr(120'000)), icc_marker(1, 3, profile.substr(0, 60'000)),
                    icc_marker(2, 3, profile.substr(60'000, 60'000))};
  const Result<Decoded> decoded = decode(make_jpeg(recipe), {});
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->icc_profile, testing::bytes_of(profile));
  EXPECT_EQ(decoded->warnings, 0);
}

TEST(JpegDecoder, LeavesOutWhatStandsBehindAProfile) {
  const std::string profile = make_icc("RGB ", 1000);
  JpegRecipe recipe;
  recipe.markers = {icc_marker(1, 1, profile + std::string(3, '\0'))};
  EXPECT_EQ(decode(make_jpeg(recipe), {})->icc_profile, testing::bytes_of(profile));
}

TEST(JpegDecoder, DropsAProfileThatDoesNotDescribeThePixels) {
  const std::string rgb = make_icc("RGB ", 1000);
  const std::string cmyk = make_icc("CMYK");
  for (const std::vector<Marker>& markers :
       {std::vector{icc_marker(1, 1, cmyk)}, std::vector{icc_marker(1, 1, make_icc("GRAY"))},
        std::vector{icc_marker(1, 2, rgb)}, std::vector{icc_marker(1, 1, rgb.substr(0, 900))}}) {
    JpegRecipe recipe;
    recipe.markers = markers;
    const Result<Decoded> decoded = decode(make_jpeg(recipe), {});
    ASSERT_TRUE(decoded);
    EXPECT_TRUE(decoded->icc_profile.empty());
    EXPECT_EQ(decoded->warnings, 1);
  }
  JpegRecipe recipe;
  recipe.samples = JCS_CMYK;
  recipe.stored = JCS_YCCK;
  recipe.markers = {icc_marker(1, 1, cmyk)};
  EXPECT_TRUE(decode(make_jpeg(recipe), {})->icc_profile.empty()) << "the pixels are RGB by now";
}

TEST(JpegDecoder, ReadsTheOrientationsOfTheCorpus) {
  LABDAY_NEEDS_CORPUS("exif");
  int value = 0;
  for (const auto& path : testing::corpus_files("exif")) {
    EXPECT_EQ(static_cast<int>(decode(testing::read_file(path), {})->orientation), ++value) << path;
  }
}

}  // namespace
}  // namespace labday
