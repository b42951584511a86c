// JPEG and PNG files made in memory for the decoder tests, in all the variants that no program would write on
// request, and broken on purpose.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

// jpeglib.h needs stdio.h before it.
#include <jpeglib.h>
#include <stdio.h>  // NOLINT(modernize-deprecated-headers)

#include "base/bytes.h"
#include "image/image.h"

namespace labday::testing {

struct Marker {
  int code = 0;  // JPEG_APP0 + n or JPEG_COM
  std::string content;
};

enum class JpegProcess { baseline, progressive, arithmetic, one_scan_a_channel };

struct JpegRecipe {
  Size size{37, 23};
  J_COLOR_SPACE samples = JCS_RGB;  // of the pixels given
  J_COLOR_SPACE stored = JCS_YCbCr;
  JpegProcess process = JpegProcess::baseline;
  int quality = 90;
  int restart_rows = 0;
  std::vector<Marker> markers;
};

/// Samples in 0 to 255 that are smooth with some noise, the same every time.
[[nodiscard]] Bytes test_samples(std::size_t count, std::uint32_t seed);

/// `samples` has size.pixels() × the channels of recipe.samples bytes. Throws when libjpeg refuses.
[[nodiscard]] Bytes make_jpeg(const JpegRecipe& recipe, const Bytes& samples);
[[nodiscard]] Bytes make_jpeg(const JpegRecipe& recipe = {});

/// The position of the marker FF `code` in a JPEG; throws where there is none.
[[nodiscard]] std::size_t find_marker(const Bytes& jpeg, std::uint8_t code, std::size_t from = 0);

[[nodiscard]] Bytes bytes_of(std::string_view text);
[[nodiscard]] std::string be16(std::uint32_t value);
[[nodiscard]] std::string be32(std::uint32_t value);

/// EXIF from the byte order mark on, with the orientation as its only entry.
[[nodiscard]] std::string make_exif(unsigned orientation, bool little_endian = true);

/// An ICC profile of `bytes` bytes (at least 128) that has a header only.
[[nodiscard]] std::string make_icc(std::string_view colour_space, std::size_t bytes = 128);

[[nodiscard]] std::string deflated(std::string_view data);

inline constexpr std::string_view kPngSignatureText{"\x89PNG\r\n\x1a\n", 8};

/// One chunk with its checksum, or a wrong one.
[[nodiscard]] std::string png_chunk(std::string_view type, std::string_view content, bool good_crc = true);
[[nodiscard]] std::string png_header(Size size, int depth, int colour_type);

/// A PNG of `raw` rows (each with its filter byte), with `before` and `after` around its one IDAT.
[[nodiscard]] Bytes make_png(Size size, int depth, int colour_type, std::string_view raw,
                             std::string_view before = {}, std::string_view after = {});

/// Unfiltered rows of pseudo-random bits for make_png().
[[nodiscard]] std::string raw_rows(Size size, int bits_per_pixel, std::uint32_t seed);

}  // namespace labday::testing
