// What the PNG writer writes, read back by libpng, zlib, libdeflate, pngcheck and the chunk reader of
// tests/support.
#include "image/png_writer.h"

#include <gtest/gtest.h>
#include <libdeflate.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "image/png_chunk.h"
#include "image/samples.h"
#include "support/golden.h"
#include "support/png_file.h"
#include "support/simd_targets.h"

namespace labday {
namespace {

using testing::png_chunks;
using testing::PngChunk;
using testing::PngContent;
using testing::read_by_libpng;

constexpr std::array kLevels{PngLevel::fastest, PngLevel::fast, PngLevel::balanced, PngLevel::small};
constexpr std::array kFormats{PixelFormat::l, PixelFormat::la, PixelFormat::rgb, PixelFormat::rgba};

enum class Look { random, constant, runs, gradient, photo };
constexpr std::array kLooks{Look::random, Look::constant, Look::runs, Look::gradient, Look::photo};
// The looks that come from nothing but the seed of draw().
constexpr std::array kPlainLooks{Look::random, Look::constant, Look::runs, Look::gradient};

// Painted once: the every-width tests take thousands of pictures out of it.
const Image& painted_photo() {
  static const Image photo = draw_sample(1, 0, {800, 600});
  return photo;
}

// A row of the photo, from a place that follows from the seed; what is wider or higher begins anew. Grey is
// its green, alpha its red.
void copy_photo_row(unsigned seed, std::int32_t y, PixelFormat format, std::span<std::uint8_t> row) {
  const Image& photo = painted_photo();
  const auto count = static_cast<std::size_t>(channels(format));
  const std::array<std::size_t, 4> from =
      count < 3 ? std::array<std::size_t, 4>{1, 0} : std::array<std::size_t, 4>{0, 1, 2, 0};
  const auto width = static_cast<std::size_t>(photo.size().width);
  const std::uint8_t* const line =
      photo.view().row((static_cast<std::int32_t>(seed % 100) * 137 + y) % photo.size().height);
  for (std::size_t i = 0; i < row.size(); ++i) {
    const std::size_t x = (seed * 7 + i / count) % width;
    row[i] = line[x * 3 + from[i % count]];
  }
}

Image draw(Size size, PixelFormat format, Look look, unsigned seed) {
  std::mt19937 random(seed);
  Image image(size, format);
  const std::size_t row_bytes = image.view().row_bytes();
  std::uint8_t level = 0;
  for (std::int32_t y = 0; y < size.height; ++y) {
    std::uint8_t* row = image.row(y);
    if (look == Look::photo) {
      copy_photo_row(seed, y, format, {row, row_bytes});
      continue;
    }
    for (std::size_t i = 0; i < row_bytes; ++i) {
      switch (look) {
        case Look::photo:
          break;
        case Look::random:
          row[i] = static_cast<std::uint8_t>(random());
          break;
        case Look::constant:
          row[i] = 201;
          break;
        case Look::runs:
          if (random() % 40 == 0) level = static_cast<std::uint8_t>(random());
          row[i] = level;
          break;
        case Look::gradient:
          row[i] = static_cast<std::uint8_t>(i / 5 + static_cast<std::size_t>(y) / 3 + random() % 2);
          break;
      }
    }
  }
  return image;
}

// The zlib stream of a file: the data of its IDAT chunks, one behind the other.
std::vector<std::uint8_t> pixel_stream(ByteView file) {
  std::vector<std::uint8_t> stream;
  for (const PngChunk& chunk : png_chunks(file)) {
    EXPECT_TRUE(chunk.crc_is_right);
    if (chunk.type == "IDAT") stream.insert(stream.end(), chunk.data.begin(), chunk.data.end());
  }
  return stream;
}

// Both libraries check the Adler-32 as well.
void expect_sound_stream(const std::vector<std::uint8_t>& stream, std::size_t size) {
  std::vector<std::uint8_t> by_zlib(size);
  uLongf zlib_size = size;
  EXPECT_EQ(uncompress(by_zlib.data(), &zlib_size, stream.data(), stream.size()), Z_OK);
  EXPECT_EQ(zlib_size, size);
  std::vector<std::uint8_t> by_libdeflate(size);
  libdeflate_decompressor* decompressor = libdeflate_alloc_decompressor();
  std::size_t used = 0;
  EXPECT_EQ(libdeflate_zlib_decompress_ex(decompressor, stream.data(), stream.size(), by_libdeflate.data(),
                                          size, &used, nullptr),
            LIBDEFLATE_SUCCESS);
  EXPECT_EQ(used, stream.size());
  libdeflate_free_decompressor(decompressor);
  EXPECT_TRUE(by_zlib == by_libdeflate);
}

void expect_round_trip(const Image& image, PngLevel level) {
  const Bytes file = encode_png(image.view(), level);
  const PngContent content = read_by_libpng(file);
  EXPECT_EQ(content.complaints, std::vector<std::string>());
  EXPECT_EQ(content.width, image.size().width);
  EXPECT_EQ(content.height, image.size().height);
  EXPECT_EQ(content.channels, channels(image.format()));
  EXPECT_EQ(content.depth, 8);
  const ByteView pixels(image.view().data, image.byte_count());
  EXPECT_TRUE(std::ranges::equal(content.pixels, pixels));
  const std::size_t line = 1 + image.view().row_bytes();
  expect_sound_stream(pixel_stream(file), line * static_cast<std::size_t>(image.size().height));
}

// A sound ICC profile for libpng's checks: the header that ICC.1:2010 describes, no tags, then noise.
Bytes make_profile(std::string_view colour_space, std::size_t size) {
  Bytes profile(size);
  std::mt19937 random(9);
  for (std::uint8_t& byte : profile) byte = static_cast<std::uint8_t>(random() % 64);
  std::fill_n(profile.begin(), 132, std::uint8_t{0});
  const auto put = [&](std::size_t at, std::string_view text) {
    std::copy(text.begin(), text.end(), profile.begin() + static_cast<std::ptrdiff_t>(at));
  };
  for (std::size_t i = 0; i < 4; ++i) profile[i] = static_cast<std::uint8_t>(size >> (24 - 8 * i));
  profile[8] = 2;  // version
  put(12, "mntr");
  put(16, colour_space);
  put(20, "XYZ ");
  put(36, "acsp");
  const std::array<std::uint8_t, 12> d50{0, 0, 0xf6, 0xd6, 0, 1, 0, 0, 0, 0, 0xd3, 0x2d};
  std::copy(d50.begin(), d50.end(), profile.begin() + 68);
  return profile;
}

TEST(PngWriter, KeepsEveryPixelOfEveryFormatLevelAndWidth) {
  for (const PngLevel level : kLevels) {
    for (const PixelFormat format : kFormats) {
      for (const Look look : kLooks) {
        for (std::int32_t width = 1; width <= 300; ++width) {
          SCOPED_TRACE(std::string(name(level)) + ", " + std::to_string(channels(format)) + " channels, " +
                       std::to_string(width) + " wide, look " + std::to_string(static_cast<int>(look)));
          expect_round_trip(draw({width, 1 + width % 7}, format, look, 3), level);
        }
      }
    }
  }
}

TEST(PngWriter, KeepsEveryPixelOfImagesThatTakeManyStrips) {
  for (const PngLevel level : kLevels) {
    for (const Look look : kLooks) {
      SCOPED_TRACE(std::string(name(level)) + ", look " + std::to_string(static_cast<int>(look)));
      const Image image = draw({701, 2400}, PixelFormat::rgb, look, 4);
      EXPECT_GT(PngStrips(image.size(), image.format(), level).count(), 1);
      expect_round_trip(image, level);
    }
  }
}

TEST(PngWriter, KeepsEveryPixelOfSizesAroundTheEdgeOfAStrip) {
  for (const PngLevel level : kLevels) {
    const auto strip = static_cast<std::int32_t>(PngStripEncoder::strip_bytes(level));
    for (std::int32_t width = 1022; width <= 1024; ++width) {
      for (std::int32_t height = strip / 1024 - 1; height <= strip / 1024 + 2; ++height) {
        SCOPED_TRACE(std::to_string(width) + "x" + std::to_string(height));
        expect_round_trip(draw({width, height}, PixelFormat::l, Look::gradient, 5), level);
      }
    }
  }
}

TEST(PngWriter, TakesRowsLongerThanAStrip) {
  for (const PngLevel level : kLevels) {
    for (const Look look : kLooks) expect_round_trip(draw({250'000, 4}, PixelFormat::rgb, look, 6), level);
  }
}

TEST(PngStrips, CoverEveryRowOnceInSharesThatDifferByOneRow) {
  std::mt19937 random(20);
  for (int trial = 0; trial < 2000; ++trial) {
    const Size size{1 + static_cast<std::int32_t>(random() % (1U << (1 + random() % 20))),
                    1 + static_cast<std::int32_t>(random() % 5000)};
    const PngStrips strips(size, kFormats[random() % kFormats.size()], kLevels[random() % kLevels.size()]);
    ASSERT_GE(strips.count(), 1);
    EXPECT_EQ(strips.first_row(0), 0);
    EXPECT_EQ(strips.first_row(strips.count()), size.height);
    const std::int32_t share = size.height / strips.count();
    for (std::int32_t strip = 0; strip < strips.count(); ++strip) {
      const std::int32_t rows = strips.first_row(strip + 1) - strips.first_row(strip);
      EXPECT_TRUE(rows == share || rows == share + 1);
    }
    if (share > 1) {
      EXPECT_LE(static_cast<std::size_t>(share) * (1 + strips.row_bytes()),
                PngStripEncoder::strip_bytes(strips.level()));
    }
  }
}

TEST(PngStripEncoder, WritesTheSameBytesInAnyOrderHoweverTheRowsAreCut) {
  std::mt19937 random(7);
  for (const PngLevel level : kLevels) {
    for (const Look look : kLooks) {
      const Image image = draw({1411, 1900}, PixelFormat::rgb, look, 8);
      const Bytes whole = encode_png(image.view(), level);
      const PngStrips strips(image.size(), image.format(), level);
      std::vector<PngStrip> encoded(static_cast<std::size_t>(strips.count()));
      PngStripEncoder encoder;
      for (std::int32_t strip = strips.count() - 1; strip >= 0; --strip) {
        const std::int32_t first = strips.first_row(strip);
        const std::int32_t last = strips.first_row(strip + 1);
        encoder.begin(strips, strip, first > 0 ? image.view().row(first - 1) : nullptr,
                      encoded[static_cast<std::size_t>(strip)]);
        for (std::int32_t y = first; y < last;) {
          const std::int32_t rows = std::min(last - y, static_cast<std::int32_t>(random() % 40));
          // Rows of their own, gone before the next ones come.
          std::vector<std::uint8_t> copy(
              image.view().row(y), image.view().row(y) + static_cast<std::size_t>(rows) * strips.row_bytes());
          encoder.write_rows(copy.data(), rows);
          y += rows;
        }
        encoder.finish();
      }
      Bytes file;
      PngAssembly assembly(strips);
      assembly.begin({}, file);
      for (const PngStrip& strip : encoded) assembly.add(strip, file);
      EXPECT_TRUE(assembly.complete());
      EXPECT_TRUE(file == whole) << name(level);
    }
  }
}

// The values were computed once, with g++ 12 on x86-64; every target, processor and compiler must agree. They
// change only when the encoder is to write other bytes: a row a level, a column a format.
TEST(PngWriter, WritesTheSameBytesOnEveryTargetAndMachine) {
  constexpr std::uint64_t kGolden[kLevels.size()][kFormats.size()] = {
      {0x5C4526E9594E6762U, 0x91405CC9176F5E65U, 0xACE9AEE2D4E71630U, 0xC46645457BA9EE44U},
      {0x96696A59951172CAU, 0x33224FF641CD3F71U, 0x4458594741AE4068U, 0xC243B50CBE4C68C9U},
      {0x343160689E791905U, 0x2B2A25F20AB0BA24U, 0x1B5163EA2061E74DU, 0x83AA250FCD86E5F8U},
      {0xD7EFABF6A838149EU, 0x8A4386A0041D8D73U, 0xFB271DD0505CD556U, 0x0FA00E89D290EB2DU}};
  for (std::size_t l = 0; l < kLevels.size(); ++l) {
    for (std::size_t f = 0; f < kFormats.size(); ++f) {
      SCOPED_TRACE(std::string(name(kLevels[l])) + ", " + std::to_string(channels(kFormats[f])) +
                   " channels");
      std::vector<Image> images;
      for (const Look look : kPlainLooks) images.push_back(draw({517, 700}, kFormats[f], look, 21));
      testing::on_every_target([&] {
        std::uint64_t hash = testing::golden_hash({});
        for (const Image& image : images)
          hash = testing::golden_hash(encode_png(image.view(), kLevels[l]), hash);
        EXPECT_EQ(hash, kGolden[l][f]);
      });
    }
  }
}

TEST(PngWriter, JoinsAdlerChecksums) {
  std::mt19937 random(22);
  for (int trial = 0; trial < 300; ++trial) {
    std::vector<std::uint8_t> data(random() % 200'000);
    for (std::uint8_t& byte : data) byte = static_cast<std::uint8_t>(trial % 3 == 0 ? 255 : random());
    const std::size_t cut = data.empty() ? 0 : random() % (data.size() + 1);
    const std::uint32_t first = libdeflate_adler32(1, data.data(), cut);
    const std::uint32_t second = libdeflate_adler32(1, data.data() + cut, data.size() - cut);
    EXPECT_EQ(joined_adler(first, second, data.size() - cut),
              libdeflate_adler32(1, data.data(), data.size()));
    const std::uint64_t length = random() % 2 == 0 ? random() : std::uint64_t{random()} << 12;
    EXPECT_EQ(joined_adler(first, second, length),
              adler32_combine(first, second, static_cast<z_off_t>(length)));
  }
}

TEST(PngWriter, WritesTheSameBytesEachTime) {
  for (const PngLevel level : kLevels) {
    const Image image = draw({640, 480}, PixelFormat::rgba, Look::gradient, 10);
    EXPECT_EQ(encode_png(image.view(), level), encode_png(image.view(), level));
  }
}

TEST(PngWriter, WritesTheChunksInOrderWithRightChecksums) {
  const Bytes profile = make_profile("RGB ", 3000);
  for (const PngLevel level : kLevels) {
    const Image image = draw({100, 100}, PixelFormat::rgb, Look::gradient, 11);
    const std::vector<PngChunk> chunks = png_chunks(encode_png(image.view(), level, profile));
    std::vector<std::string> types;
    for (const PngChunk& chunk : chunks) {
      types.push_back(chunk.type);
      EXPECT_TRUE(chunk.crc_is_right) << chunk.type;
    }
    EXPECT_EQ(types, (std::vector<std::string>{"IHDR", "iCCP", "IDAT", "IEND"}));
  }
}

TEST(PngWriter, KeepsTheColourProfile) {
  for (const PngLevel level : kLevels) {
    for (const std::size_t size : {400U, 3000U, 600'000U}) {
      for (const PixelFormat format : {PixelFormat::rgb, PixelFormat::la}) {
        const Bytes profile = make_profile(format == PixelFormat::rgb ? "RGB " : "GRAY", size);
        const Image image = draw({5, 4}, format, Look::random, 12);
        const PngContent content = read_by_libpng(encode_png(image.view(), level, profile));
        EXPECT_EQ(content.complaints, std::vector<std::string>());
        EXPECT_FALSE(content.profile_name.empty());
        EXPECT_TRUE(std::ranges::equal(content.profile, profile));
      }
    }
  }
}

TEST(PngWriter, AddsLittleToWhatCannotBeCompressed) {
  for (const PngLevel level : kLevels) {
    const Image image = draw({500, 500}, PixelFormat::rgb, Look::random, 13);
    const double raw = static_cast<double>(image.byte_count());
    EXPECT_LT(static_cast<double>(encode_png(image.view(), level).size()), 1.002 * raw + 200) << name(level);
  }
}

TEST(PngWriter, MakesAlmostNothingOfAPlainArea) {
  for (const PngLevel level : kLevels) {
    const Image image = draw({1000, 1000}, PixelFormat::rgb, Look::constant, 14);
    EXPECT_LT(encode_png(image.view(), level).size(), 20'000U) << name(level);
  }
}

TEST(PngWriter, StaysReadableWhereItsDataIsSplitOverManyChunks) {
  const Image image = draw({90, 70}, PixelFormat::rgb, Look::gradient, 15);
  Bytes split(8);
  const Bytes whole = encode_png(image.view(), PngLevel::balanced);
  std::copy_n(whole.begin(), 8, split.begin());
  for (const PngChunk& chunk : png_chunks(whole)) {
    const std::size_t start = begin_chunk(split, chunk.type);
    split.insert(split.end(), chunk.data.begin(), chunk.data.end());
    end_split_chunk(split, start, 100);
  }
  EXPECT_GT(png_chunks(split).size(), 10U);
  const PngContent content = read_by_libpng(split);
  EXPECT_EQ(content.complaints, std::vector<std::string>());
  EXPECT_TRUE(std::ranges::equal(content.pixels, ByteView(image.view().data, image.byte_count())));
}

TEST(PngWriter, PassesPngcheck) {
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("labday-png-" + std::to_string(getpid()));
  std::filesystem::create_directory(folder);
  const Bytes rgb_profile = make_profile("RGB ", 500);
  const Bytes grey_profile = make_profile("GRAY", 500);
  std::string command = "pngcheck -q";
  for (const PngLevel level : kLevels) {
    for (const PixelFormat format : kFormats) {
      for (const Look look : kLooks) {
        const bool grey = channels(format) < 3;
        const Image image = draw({319, 451}, format, look, 16);
        const Bytes file = encode_png(image.view(), level, grey ? grey_profile : rgb_profile);
        const std::filesystem::path path =
            folder / (std::string(name(level)) + std::to_string(channels(format)) +
                      std::to_string(static_cast<int>(look)) + ".png");
        std::ofstream(path, std::ios::binary)
            .write(reinterpret_cast<const char*>(file.data()), static_cast<std::streamsize>(file.size()));
        command += " '" + path.string() + "'";
      }
    }
  }
  const int status = std::system(command.c_str());
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0) << "127 means that pngcheck is not installed; setup.sh does that";
  std::filesystem::remove_all(folder);
}

TEST(PngLevel, IsFoundByItsName) {
  for (const PngLevel level : kLevels) EXPECT_EQ(png_level_from_name(name(level)), level);
  EXPECT_EQ(png_level_from_name(""), std::nullopt);
  EXPECT_EQ(png_level_from_name("Balanced"), std::nullopt);
}

}  // namespace
}  // namespace labday
