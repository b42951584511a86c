// Encoding PNG, wholly ours: filters, deflate and chunks. Strips of rows are encoded one by one, on any
// threads (png_strip_encoder.h), and put together here in their order.
//
// Same pixels, level and profile: same bytes, on every machine and however many threads took part.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "image/image.h"
#include "image/png_level.h"
#include "image/png_strip_encoder.h"

namespace labday {

/// Puts a file together from its strips. Not thread-safe.
class PngAssembly {
 public:
  explicit PngAssembly(const PngStrips& strips) : strips_(strips) {}

  /// Appends what stands before the pixels. `icc_profile` (may be empty) is kept as an iCCP chunk. May throw
  /// std::bad_alloc, as add() may.
  void begin(ByteView icc_profile, Bytes& file);

  /// Appends the next strip, and after the last one the end of the file.
  void add(const PngStrip& strip, Bytes& file);

  /// The strip that add() wants next.
  [[nodiscard]] std::int32_t next_strip() const { return next_; }
  [[nodiscard]] bool complete() const { return next_ == strips_.count(); }

 private:
  PngStrips strips_;
  std::int32_t next_ = 0;
  std::uint32_t adler_ = 1;
};

/// The Adler-32 of two pieces of data, one behind the other, from their own (RFC 1950, section 8.2).
/// `second_bytes` is the length of the second.
[[nodiscard]] std::uint32_t joined_adler(std::uint32_t first, std::uint32_t second,
                                         std::uint64_t second_bytes);

/// The whole image at once; the size is at least 1×1. May throw std::bad_alloc.
[[nodiscard]] Bytes encode_png(ImageView image, PngLevel level, ByteView icc_profile = {});

}  // namespace labday
