// A strip of a PNG's rows: filtered, deflated and summed up while it is in the cache.
//
// A strip needs nothing but its rows and the row above it, so strips can be encoded in any order and on any
// thread. The deflate stream of each but the last ends at a byte boundary with an empty stored block, and no
// match looks back into the strip before; so the strips of an image, one behind the other, are one stream.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "image/deflate_block.h"
#include "image/deflate_match.h"
#include "image/image.h"
#include "image/png_filter_choice.h"
#include "image/png_level.h"

namespace labday {

/// How an image is cut: by its size, format and level alone.
class PngStrips {
 public:
  PngStrips(Size size, PixelFormat format, PngLevel level);

  [[nodiscard]] std::int32_t count() const { return count_; }
  /// The first row of a strip; that of strip count() is the height.
  [[nodiscard]] std::int32_t first_row(std::int32_t strip) const;
  [[nodiscard]] Size size() const { return size_; }
  [[nodiscard]] PixelFormat format() const { return format_; }
  [[nodiscard]] PngLevel level() const { return level_; }
  [[nodiscard]] std::size_t row_bytes() const { return ImageView{nullptr, size_, format_}.row_bytes(); }

 private:
  Size size_;
  PixelFormat format_;
  PngLevel level_;
  std::int32_t strip_rows_;
  std::int32_t count_;
};

/// A strip as it stands in the file. Its buffer may be used again.
struct PngStrip {
  Bytes data;                    // the zlib header in front of the first strip's
  std::uint32_t adler = 1;       // of its filtered lines
  std::uint64_t line_bytes = 0;  // how many those are
};

/// Encodes one strip after the other and keeps its buffers between them: about the strip's rows, and 1 MiB.
/// Not thread-safe. Everything may throw std::bad_alloc; then begin() anew.
class PngStripEncoder {
 public:
  PngStripEncoder();

  /// `above` is the row above the strip, nullptr for the image's first. `out` and `above` stay with the
  /// caller; `above` is not needed any more once this returns.
  void begin(const PngStrips& strips, std::int32_t strip, const std::uint8_t* above, PngStrip& out);

  /// The strip's next rows, each without padding. They are not needed any more once this returns.
  void write_rows(const std::uint8_t* rows, std::int32_t count);

  /// After the strip's last row.
  void finish();

  /// About how many bytes of filtered lines a strip of that level has.
  [[nodiscard]] static std::size_t strip_bytes(PngLevel level);

  /// The calling thread's own, whose buffers stay warm. Use it within one call, on one thread.
  [[nodiscard]] static PngStripEncoder& of_this_thread();

 private:
  struct Effort;
  [[nodiscard]] static const Effort& effort_of(PngLevel level);
  void encode_block(std::size_t end, bool last);
  void find_runs_only(std::span<const std::uint8_t> data, SymbolCounts& counts);
  std::uint64_t find_matches(const MatchInput& input, SymbolCounts& counts);

  const Effort* effort_ = nullptr;
  std::size_t row_bytes_ = 0;
  std::size_t pixel_bytes_ = 0;
  bool last_strip_ = false;
  PngStrip* out_ = nullptr;
  BitWriter bits_;  // into block_
  Bytes block_;     // that is being written

  Bytes above_;  // the last row that was written
  Bytes lines_;  // the filtered lines of the strip, after kBefore bytes
  std::size_t strip_rows_ = 0;
  std::size_t strip_bytes_ = 0;
  std::size_t filtered_ = 0;  // of strip_bytes_
  std::size_t blocks_ = 1;    // that the strip is cut into
  std::size_t blocks_done_ = 0;
  std::size_t deflated_ = 0;  // of filtered_

  PngFilterChoice choice_;
  DeflateBlockWriter writer_;
  DeflateMatcher matcher_;
  SymbolCosts costs_{};
  std::int32_t blocks_unmatched_ = 0;  // to come, since matches did not pay
  std::vector<std::uint64_t, UninitialisedAllocator<std::uint64_t>> equal_;
  Tokens tokens_;
};

}  // namespace labday
