#include "image/orient.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

namespace labday {
namespace {

/// One letter a pixel, rows separated by slashes; with more channels, the others follow from the letter.
Image from_letters(const std::vector<std::string>& rows, PixelFormat format) {
  Image image({static_cast<std::int32_t>(rows[0].size()), static_cast<std::int32_t>(rows.size())}, format);
  std::uint8_t* out = image.data();
  for (const std::string& row : rows) {
    for (const char letter : row) {
      for (int c = 0; c < channels(format); ++c) *out++ = static_cast<std::uint8_t>(letter + 60 * c);
    }
  }
  return image;
}

std::string to_letters(const Image& image) {
  const ImageView view = image.view();
  std::string text;
  for (std::int32_t y = 0; y < view.size.height; ++y) {
    if (y > 0) text += '/';
    for (std::int32_t x = 0; x < view.size.width; ++x) {
      const std::uint8_t* pixel = view.row(y) + static_cast<std::ptrdiff_t>(x) * channels(view.format);
      text += static_cast<char>(pixel[0]);
      for (int c = 1; c < channels(view.format); ++c) {
        EXPECT_EQ(pixel[c], static_cast<std::uint8_t>(pixel[0] + 60 * c))
            << "the channels of a pixel came apart";
      }
    }
  }
  return text;
}

TEST(Orient, TurnsALabelledPicture) {
  // What EXIF 2.3 says of where row 0 and column 0 are; the same as PIL.ImageOps.exif_transpose.
  const std::vector<std::string> expected{"",         "ABC/DEF",  "CBA/FED",  "FED/CBA", "DEF/ABC",
                                          "AD/BE/CF", "DA/EB/FC", "FC/EB/DA", "CF/BE/AD"};
  for (const auto format : {PixelFormat::l, PixelFormat::la, PixelFormat::rgb, PixelFormat::rgba}) {
    for (std::size_t value = 1; value <= 8; ++value) {
      const auto orientation = static_cast<Orientation>(value);
      const Image upright = apply_orientation(from_letters({"ABC", "DEF"}, format), orientation);
      EXPECT_EQ(to_letters(upright), expected[value]) << value;
      EXPECT_EQ(upright.size(), upright_size({3, 2}, orientation));
      EXPECT_EQ(upright.format(), format);
    }
  }
}

TEST(Orient, HandsTheSamePixelsBackWhereNothingHasToBeDone) {
  Image image({5, 4}, PixelFormat::rgb);
  const std::uint8_t* pixels = image.data();
  EXPECT_EQ(apply_orientation(std::move(image), Orientation::upright).data(), pixels);
}

Image patterned(Size size) {
  Image image(size, PixelFormat::rgb);
  for (std::size_t i = 0; i < image.byte_count(); ++i)
    image.data()[i] = static_cast<std::uint8_t>(i * i / 7 + i);
  return image;
}

bool same(const Image& a, const Image& b) {
  return a.size() == b.size() && std::memcmp(a.view().data, b.view().data, a.byte_count()) == 0;
}

TEST(Orient, IsUndoneByItsInverseAtSizesAroundTheBlocks) {
  for (const Size size : {Size{1, 1}, Size{1, 70}, Size{31, 33}, Size{64, 32}, Size{97, 45}}) {
    for (int value = 2; value <= 8; ++value) {
      const auto orientation = static_cast<Orientation>(value);
      const Orientation inverse = orientation == Orientation::rotate_cw    ? Orientation::rotate_ccw
                                  : orientation == Orientation::rotate_ccw ? Orientation::rotate_cw
                                                                           : orientation;
      const Image back = apply_orientation(apply_orientation(patterned(size), orientation), inverse);
      EXPECT_TRUE(same(back, patterned(size))) << value << " at " << size.width << " x " << size.height;
    }
  }
}

TEST(Orient, FollowsTheDefinitionBeyondOneBlock) {
  const Size size{75, 41};
  const Image source = patterned(size);
  const Image turned = apply_orientation(patterned(size), Orientation::rotate_cw);
  for (std::int32_t y = 0; y < size.height; ++y) {
    for (std::int32_t x = 0; x < size.width; ++x) {
      const std::uint8_t* from = source.view().row(y) + std::ptrdiff_t{x} * 3;
      const std::uint8_t* to = turned.view().row(x) + std::ptrdiff_t{size.height - 1 - y} * 3;
      ASSERT_EQ(std::memcmp(from, to, 3), 0) << x << ", " << y;
    }
  }
}

}  // namespace
}  // namespace labday
