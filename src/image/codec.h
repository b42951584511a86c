// Decoding by content. A codec is one file with one `Codec` constant and one line in the table of codec.cc;
// everything that reads images goes through decode() and probe().
//
// All functions are pure and thread-safe: bytes in, pixels out, no files, no shared state.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "image/image.h"

namespace labday {

/// What a source may claim before it is refused with ErrorCode::over_limit. Checked before memory is taken.
struct DecodeLimits {
  std::int64_t source_pixels = 256'000'000;
  std::int32_t jpeg_scans = 100;                          // a progressive "scan bomb" repeats full-size scans
  std::int32_t png_chunks = 1000;                         // ancillary chunks but the frames of an animation
  std::int64_t png_chunk_bytes = std::int64_t{64} << 20;  // one of them; an iCCP once inflated
  bool operator==(const DecodeLimits&) const = default;
};

/// The EXIF orientations, 1 to 8 (EXIF 2.3, tag 0x0112): what has to be done to see the picture upright.
enum class Orientation : std::uint8_t {
  upright = 1,
  mirrored = 2,
  rotated_180 = 3,
  flipped = 4,
  transposed = 5,
  rotate_cw = 6,
  transversed = 7,
  rotate_ccw = 8,
};

/// Does the orientation exchange width and height?
[[nodiscard]] constexpr bool swaps_sides(Orientation o) { return o >= Orientation::transposed; }

struct Decoded {
  Image image;
  Orientation orientation = Orientation::upright;
  Bytes icc_profile;          // empty where there is none
  std::int32_t warnings = 0;  // harmless oddities that were passed over
};

/// What the header says, without decoding pixels.
struct Probe {
  Size size;  // as stored, before the orientation is applied
  PixelFormat format = PixelFormat::rgb;
  Orientation orientation = Orientation::upright;
};

struct Codec {
  std::string_view name;  // "jpeg", "png"
  bool (*matches)(ByteView head);
  Result<Probe> (*probe)(ByteView data, const DecodeLimits& limits);
  Result<Decoded> (*decode)(ByteView data, const DecodeLimits& limits);
};

extern const Codec kJpegCodec;  // jpeg_decoder.cc
extern const Codec kPngCodec;   // png_decoder.cc

/// Every codec, in the order in which they are asked.
[[nodiscard]] std::span<const Codec* const> codecs();

/// The codec whose signature `data` begins with; nullptr where there is none.
[[nodiscard]] const Codec* find_codec(ByteView data);

/// Decodes a whole file held in memory to L, LA, RGB or RGBA. 16-bit channels keep their high byte; palette
/// and 1-bit images are expanded; CMYK and YCCK become RGB as Pillow's convert("RGB") does. Missing or
/// contradictory pixel data is an error (truncated, corrupt), never grey filling. The errors have no path:
/// the caller knows it. May throw std::bad_alloc.
[[nodiscard]] Result<Decoded> decode(ByteView data, const DecodeLimits& limits);

/// Reads the header only. `data` may be the beginning of a file; 64 KiB are enough for most, and the error is
/// `truncated` where they are not. A PNG may have its EXIF after the pixels: only the whole file tells then.
[[nodiscard]] Result<Probe> probe(ByteView data, const DecodeLimits& limits);

}  // namespace labday
