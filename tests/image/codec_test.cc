#include "image/codec.h"

#include <gtest/gtest.h>

#include "image/image_files.h"
#include "support/corpus.h"

namespace labday {
namespace {

using testing::bytes_of;
using testing::make_jpeg;
using testing::make_png;
using testing::raw_rows;

Bytes small_png() { return make_png({9, 7}, 8, 2, raw_rows({9, 7}, 24, 1)); }

TEST(Codec, IsFoundByContent) {
  EXPECT_EQ(find_codec(make_jpeg())->name, "jpeg");
  EXPECT_EQ(find_codec(small_png())->name, "png");
  EXPECT_EQ(find_codec(bytes_of("GIF89a")), nullptr);
  EXPECT_EQ(find_codec({}), nullptr);
  EXPECT_EQ(codecs().size(), 2U);
}

TEST(Codec, TellsAnEmptyFileFromAnUnknownOne) {
  const Bytes text = bytes_of("This is no picture.");
  EXPECT_EQ(decode({}, {}).error().code, ErrorCode::empty_file);
  EXPECT_EQ(probe({}, {}).error().code, ErrorCode::empty_file);
  EXPECT_EQ(decode(text, {}).error().code, ErrorCode::unknown_format);
  EXPECT_EQ(probe(text, {}).error().code, ErrorCode::unknown_format);
}

TEST(Codec, ProbesThatWhichItDecodes) {
  for (const Bytes& file : {make_jpeg(), small_png()}) {
    const Result<Probe> header = probe(file, {});
    const Result<Decoded> decoded = decode(file, {});
    ASSERT_TRUE(header && decoded);
    EXPECT_EQ(header->size, decoded->image.size());
    EXPECT_EQ(header->format, decoded->image.format());
  }
}

/// Whatever the bytes: a picture that fits its header, or an error that a person can read.
void expect_picture_or_error(ByteView data) {
  const Result<Decoded> decoded = decode(data, {});
  const Result<Probe> header = probe(data, {});
  if (decoded) {
    ASSERT_TRUE(header) << header.error().detail;
    EXPECT_EQ(header->size, decoded->image.size());
    EXPECT_EQ(header->format, decoded->image.format());
    EXPECT_EQ(header->orientation, decoded->orientation);
    return;
  }
  EXPECT_EQ(decoded.error().stage, Stage::decode);
  EXPECT_TRUE(decoded.error().path.empty());
  EXPECT_GT(decoded.error().detail.size(), 10U);
  EXPECT_NE(decoded.error().detail.back(), '.');
}

TEST(Codec, SurvivesEveryBadFileOfTheCorpus) {
  for (const char* folder : {"bad/jpeg", "bad/png", "pngsuite"}) {
    LABDAY_NEEDS_CORPUS(folder);
    for (const auto& path : testing::corpus_files(folder)) {
      SCOPED_TRACE(path);
      expect_picture_or_error(testing::read_file(path));
    }
  }
}

TEST(Codec, ProbesPhotographsByTheirFirst64KiB) {
  for (const char* folder : {"photos", "exif", "large", "graphics"}) {
    LABDAY_NEEDS_CORPUS(folder);
    for (const auto& path : testing::corpus_files(folder)) {
      const Bytes file = testing::read_file(path);
      const Result<Probe> whole = probe(file, {});
      const Result<Probe> head = probe(ByteView(file).first(std::min<std::size_t>(file.size(), 65536)), {});
      ASSERT_TRUE(whole && head) << path;
      EXPECT_EQ(whole->size, head->size) << path;
      EXPECT_EQ(whole->orientation, head->orientation) << path;
    }
  }
}

TEST(Codec, SurvivesRandomDamage) {
  std::vector<Bytes> files{small_png()};
  for (const auto process : {testing::JpegProcess::baseline, testing::JpegProcess::progressive,
                             testing::JpegProcess::arithmetic}) {
    testing::JpegRecipe recipe;
    recipe.process = process;
    recipe.restart_rows = 1;
    recipe.markers = {{JPEG_APP0 + 1, std::string("Exif\0\0", 6) + testing::make_exif(6)},
                      {JPEG_APP0 + 2, std::string("ICC_PROFILE\0\1\1", 14) + testing::make_icc("RGB ")}};
    files.push_back(make_jpeg(recipe));
  }
  std::uint32_t state = 1;
  const auto random = [&state](std::size_t below) {
    state = state * 1664525U + 1013904223U;
    return static_cast<std::size_t>(state >> 8) % below;
  };
  for (const Bytes& file : files) {
    for (int round = 0; round < 500; ++round) {
      Bytes damaged = file;
      for (std::size_t i = 0, n = 1 + random(4); i < n; ++i) {
        damaged[random(damaged.size())] = static_cast<std::uint8_t>(random(256));
      }
      expect_picture_or_error(damaged);
    }
  }
}

}  // namespace
}  // namespace labday
