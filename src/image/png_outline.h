// A walk over the headers of a PNG's chunks, before libpng sees the file.
//
// It refuses bombs before memory is taken (too many pixels, too many or too large chunks), and finds what
// labday reads without libpng: EXIF, which may come after the pixels, and the ICC profile, of which libpng
// would drop many that everyone else accepts.
#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"
#include "image/codec.h"

namespace labday {

inline constexpr std::array<std::uint8_t, 8> kPngSignature{0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};

/// The views point into the data that was walked over. A chunk with a wrong checksum is passed over; of
/// repeated ones the first counts.
struct PngOutline {
  std::int64_t image_data_bytes = 0;  // in IDAT chunks
  ByteView exif;                      // the content of eXIf; empty where there is none
  ByteView profile;                   // the content of iCCP, still deflated; empty where there is none
};

/// `data` begins with the signature. Stops without an error where the data ends or makes no sense: libpng
/// will say so. The only error is over_limit, with the flag that would raise the limit.
[[nodiscard]] Result<PngOutline> outline_png(ByteView data, const DecodeLimits& limits);

/// The ICC profile inside the content of an iCCP chunk; empty where that is broken, an error where it
/// inflates to more than limits.png_chunk_bytes. May throw std::bad_alloc.
[[nodiscard]] Result<Bytes> inflate_png_profile(ByteView content, const DecodeLimits& limits);

}  // namespace labday
