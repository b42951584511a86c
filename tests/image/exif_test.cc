#include "image/exif.h"

#include <gtest/gtest.h>

#include "image/icc.h"
#include "image/image_files.h"

namespace labday {
namespace {

using testing::bytes_of;
using testing::make_exif;
using testing::make_icc;

TEST(Exif, ReadsAllOrientationsInBothByteOrders) {
  for (unsigned value = 1; value <= 8; ++value) {
    for (const bool little_endian : {true, false}) {
      const Bytes exif = bytes_of(make_exif(value, little_endian));
      EXPECT_EQ(exif_orientation(exif), static_cast<Orientation>(value));
    }
  }
}

TEST(Exif, SaysWhenAValueIsNoOrientation) {
  for (const unsigned value : {0U, 9U, 65535U})
    EXPECT_EQ(exif_orientation(bytes_of(make_exif(value))), std::nullopt);
}

TEST(Exif, TakesALongForAShort) {
  std::string exif = make_exif(6);
  exif[12] = 4;  // the type
  EXPECT_EQ(exif_orientation(bytes_of(exif)), Orientation::rotate_cw);
  exif[12] = 2;  // text
  EXPECT_EQ(exif_orientation(bytes_of(exif)), std::nullopt);
}

TEST(Exif, IsUprightWithoutTheTag) {
  std::string exif = make_exif(6);
  exif[10] = 0x13;  // another tag
  EXPECT_EQ(exif_orientation(bytes_of(exif)), Orientation::upright);
}

TEST(Exif, SkipsOtherEntries) {
  std::string exif = make_exif(6, false);
  const std::string entry = exif.substr(10, 12);
  std::string other = entry;
  other[1] = 0x0F;  // the maker
  exif.replace(8, 2, std::string("\0\2", 2));
  exif.insert(10, other);
  EXPECT_EQ(exif_orientation(bytes_of(exif)), Orientation::rotate_cw);
}

TEST(Exif, ReadsNothingBehindTheEnd) {
  const Bytes exif = bytes_of(make_exif(6));
  // The orientation ends at byte 20; a copy of each length lets the sanitizer see a read behind it.
  for (std::size_t length = 0; length < 20; ++length) {
    const Bytes cut(exif.begin(), exif.begin() + static_cast<std::ptrdiff_t>(length));
    EXPECT_EQ(exif_orientation(cut), std::nullopt) << length;
  }
}

TEST(Exif, RefusesWildOffsets) {
  for (const std::uint32_t offset : {0x7FFFFFFFU, 0xFFFFFFFEU, 0xFFFFFFFFU}) {
    std::string exif = make_exif(6, false);
    exif.replace(4, 4, testing::be32(offset));
    EXPECT_EQ(exif_orientation(bytes_of(exif)), std::nullopt);
  }
  EXPECT_EQ(exif_orientation(bytes_of("XX*\0aaaabbbbcccc")), std::nullopt);
}

bool fits(ByteView profile, PixelFormat format) { return !fitting_profile(profile, format).empty(); }

TEST(Icc, DescribesOnlyPixelsOfItsOwnColourSpace) {
  const Bytes rgb = bytes_of(make_icc("RGB "));
  const Bytes grey = bytes_of(make_icc("GRAY"));
  const Bytes cmyk = bytes_of(make_icc("CMYK"));
  EXPECT_TRUE(fits(rgb, PixelFormat::rgb) && fits(rgb, PixelFormat::rgba));
  EXPECT_TRUE(fits(grey, PixelFormat::l) && fits(grey, PixelFormat::la));
  EXPECT_FALSE(fits(rgb, PixelFormat::l) || fits(grey, PixelFormat::rgb));
  EXPECT_FALSE(fits(cmyk, PixelFormat::rgb) || fits(cmyk, PixelFormat::l));
}

TEST(Icc, IsRefusedWhenIncomplete) {
  const Bytes profile = bytes_of(make_icc("RGB ", 300));
  EXPECT_TRUE(fits(profile, PixelFormat::rgb));
  for (const std::size_t length : {0, 127, 128, 299}) {
    EXPECT_FALSE(fits(ByteView(profile).first(length), PixelFormat::rgb)) << length;
  }
  std::string unsigned_profile = make_icc("RGB ");
  unsigned_profile[36] = 'x';
  EXPECT_FALSE(fits(bytes_of(unsigned_profile), PixelFormat::rgb));
}

TEST(Icc, EndsWhereItSaysItEnds) {
  const Bytes padded = bytes_of(make_icc("RGB ", 300) + "padding");
  const ByteView profile = fitting_profile(padded, PixelFormat::rgb);
  EXPECT_EQ(profile.data(), padded.data());
  EXPECT_EQ(profile.size(), 300U);
}

}  // namespace
}  // namespace labday
