#include "image/png_outline.h"

#include <fmt/format.h>
#include <libdeflate.h>

#include <algorithm>
#include <memory>
#include <new>
#include <string_view>

#include "base/text.h"

namespace labday {
namespace {

constexpr std::size_t kChunkOverhead = 12;  // length, type, CRC

std::uint32_t big_endian(ByteView data, std::size_t at) {
  return std::uint32_t{data[at]} << 24 | std::uint32_t{data[at + 1]} << 16 |
         std::uint32_t{data[at + 2]} << 8 | data[at + 3];
}

tl::unexpected<Error> over_limit(std::string detail) {
  return fail(Stage::decode, ErrorCode::over_limit, {}, std::move(detail));
}

tl::unexpected<Error> too_large(std::string_view type, const DecodeLimits& limits) {
  return over_limit(fmt::format("the PNG's {} chunk has more bytes than --max-png-chunk-bytes {}",
                                printable(type), limits.png_chunk_bytes));
}

}  // namespace

Result<PngOutline> outline_png(ByteView data, const DecodeLimits& limits) {
  PngOutline outline;
  std::int32_t chunks = 0;
  for (std::size_t at = kPngSignature.size(); data.size() - at >= 8;) {
    const std::size_t length = big_endian(data, at);
    const std::string_view type(reinterpret_cast<const char*>(&data[at + 4]), 4);
    const std::size_t left = data.size() - at;
    if (type == "IHDR" && at == kPngSignature.size() && left >= 16) {
      const std::int64_t width = big_endian(data, at + 8);
      const std::int64_t height = big_endian(data, at + 12);
      // Beyond 2^31-1 a side the header is invalid, which libpng will say.
      if (width <= INT32_MAX && height <= INT32_MAX && width * height > limits.source_pixels) {
        return over_limit(fmt::format("the PNG has {} x {} pixels, and --max-pixels is {}", width, height,
                                      limits.source_pixels));
      }
    }
    if (type == "IDAT") outline.image_data_bytes += static_cast<std::int64_t>(std::min(length, left));
    if (type == "IEND" || left < kChunkOverhead || length > left - kChunkOverhead) break;

    const bool ancillary = (type[0] & 0x20) != 0;
    if (ancillary && type != "fdAT" && type != "fcTL") {
      if (++chunks > limits.png_chunks) {
        return over_limit(
            fmt::format("the PNG has more ancillary chunks than --max-png-chunks {}", limits.png_chunks));
      }
      if (static_cast<std::int64_t>(length) > limits.png_chunk_bytes) return too_large(type, limits);
      const ByteView content = data.subspan(at + 8, length);
      ByteView* wanted = type == "eXIf" ? &outline.exif : type == "iCCP" ? &outline.profile : nullptr;
      // Where the checksum is wrong, libpng counts the warning when it skips the chunk.
      if (wanted != nullptr && wanted->empty() &&
          libdeflate_crc32(0, &data[at + 4], length + 4) == big_endian(data, at + 8 + length)) {
        *wanted = content;
      }
    }
    at += kChunkOverhead + length;
  }
  return outline;
}

// The content is a name, a zero, the method (0, deflate) and a zlib stream.
Result<Bytes> inflate_png_profile(ByteView content, const DecodeLimits& limits) {
  const auto name_end = std::find(content.begin(), content.end(), 0);
  if (content.end() - name_end < 2 || name_end[1] != 0) return Bytes();
  const ByteView stream = content.subspan(static_cast<std::size_t>(name_end - content.begin()) + 2);
  const std::unique_ptr<libdeflate_decompressor, decltype(&libdeflate_free_decompressor)> inflater(
      libdeflate_alloc_decompressor(), &libdeflate_free_decompressor);
  if (inflater == nullptr) throw std::bad_alloc();
  // The size is not told anywhere that could be trusted, so the room doubles until it is enough.
  const auto limit = static_cast<std::size_t>(limits.png_chunk_bytes);
  for (std::size_t room = std::min<std::size_t>(limit, 4 * stream.size() + 4096);;
       room = std::min(limit, 2 * room)) {
    Bytes profile(room);
    std::size_t used = 0;
    std::size_t made = 0;
    const libdeflate_result result = libdeflate_zlib_decompress_ex(
        inflater.get(), stream.data(), stream.size(), profile.data(), room, &used, &made);
    if (result == LIBDEFLATE_INSUFFICIENT_SPACE && room < limit) continue;
    if (result == LIBDEFLATE_INSUFFICIENT_SPACE) return too_large("iCCP", limits);
    profile.resize(result == LIBDEFLATE_SUCCESS ? made : 0);
    return profile;
  }
}

}  // namespace labday
