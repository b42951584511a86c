// Compressing the filtered lines of a PNG to the zlib stream (RFC 1950) of its IDAT chunks.
//
// Two libraries, each for what it does best: libdeflate makes small files but wants the whole image in one
// call; ISA-L is several times faster and takes the lines as they come.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/bytes.h"
#include "image/png_writer.h"

namespace labday {

/// Takes the lines of one image, one by one. Not thread-safe.
class PngDeflater {
 public:
  virtual ~PngDeflater() = default;

  /// Where the caller writes the next line: line_bytes, with room for kPngLinePadding more. The same until
  /// line_done() is called.
  [[nodiscard]] virtual std::uint8_t* line() = 0;
  /// May throw std::bad_alloc.
  virtual void line_done() = 0;
  /// Call once, after the last line: the whole stream is in `out`. May throw std::bad_alloc.
  virtual void finish() = 0;
};

/// Appends the stream to `out`, which must outlive the deflater and is not to be touched before finish().
/// Throws std::bad_alloc, also where the image does not fit the address space.
[[nodiscard]] std::unique_ptr<PngDeflater> make_png_deflater(PngLevel level, std::size_t line_bytes,
                                                             std::size_t lines, Bytes& out);

/// Appends `data` as a zlib stream, for small pieces such as a colour profile. May throw std::bad_alloc.
void append_zlib(ByteView data, Bytes& out);

}  // namespace labday
