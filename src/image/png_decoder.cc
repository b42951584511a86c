// PNG by libpng's low-level reader, after a walk over the chunk headers of our own.
//
// The walk is what refuses bombs before libpng takes memory: too many pixels, too many or too large chunks,
// or far too little data for the pixels promised. libpng then sees only the chunks that matter here; text,
// gamma and the like are skipped, never inflated. Its errors longjmp to guarded(), see jpeg_decoder.cc.
#include <fmt/format.h>
#include <libdeflate.h>
#include <png.h>

#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstring>

#include "base/text.h"
#include "image/codec.h"
#include "image/exif.h"
#include "image/icc.h"

namespace labday {
namespace {

constexpr std::array<std::uint8_t, 8> kSignature{0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
constexpr std::size_t kChunkOverhead = 12;  // length, type, CRC
// 258 bytes of output cost at least two bits, one for the length and one for the distance (RFC 1951).
constexpr std::int64_t kMaxInflation = 1032;

bool matches(ByteView head) {
  return head.size() >= kSignature.size() && std::equal(kSignature.begin(), kSignature.end(), head.begin());
}

std::uint32_t big_endian(ByteView data, std::size_t at) {
  return std::uint32_t{data[at]} << 24 | std::uint32_t{data[at + 1]} << 16 |
         std::uint32_t{data[at + 2]} << 8 | data[at + 3];
}

tl::unexpected<Error> failure(ErrorCode code, std::string detail) {
  return fail(Stage::decode, code, {}, std::move(detail));
}

/// What the chunk headers tell without decoding anything.
struct Outline {
  std::int64_t image_data_bytes = 0;  // in IDAT chunks
  ByteView exif;                      // of the first whole eXIf chunk
  bool exif_damaged = false;
};

Result<Outline> outline_of(ByteView data, const DecodeLimits& limits) {
  Outline outline;
  std::int32_t chunks = 0;
  for (std::size_t at = kSignature.size(); data.size() - at >= 8;) {
    const std::size_t length = big_endian(data, at);
    const std::string_view type(reinterpret_cast<const char*>(&data[at + 4]), 4);
    const std::size_t left = data.size() - at;
    const bool whole = left >= kChunkOverhead && length <= left - kChunkOverhead;
    if (type == "IEND") break;
    if (type == "IHDR" && at == kSignature.size() && left >= 16) {
      const std::int64_t width = big_endian(data, at + 8);
      const std::int64_t height = big_endian(data, at + 12);
      // Beyond 2^31-1 a side the header is invalid, which libpng will say.
      if (width <= INT32_MAX && height <= INT32_MAX && width * height > limits.source_pixels) {
        return failure(ErrorCode::over_limit,
                       fmt::format("the PNG has {} x {} pixels, and --max-pixels is {}", width, height,
                                   with_commas(static_cast<std::uint64_t>(limits.source_pixels))));
      }
    } else if (type == "IDAT") {
      outline.image_data_bytes += static_cast<std::int64_t>(std::min(length, left));
    } else if ((type[0] & 0x20) != 0 && type != "fdAT" && type != "fcTL") {
      if (++chunks > limits.png_chunks) {
        return failure(
            ErrorCode::over_limit,
            fmt::format("the PNG has more ancillary chunks than --max-png-chunks {}", limits.png_chunks));
      }
      if (static_cast<std::int64_t>(length) > limits.png_chunk_bytes) {
        return failure(ErrorCode::over_limit,
                       fmt::format("the PNG's {} chunk has {} bytes, and --max-png-chunk-bytes is {}",
                                   printable(type), length, limits.png_chunk_bytes));
      }
      if (type == "eXIf" && whole && outline.exif.empty()) {
        outline.exif = data.subspan(at + 8, length);
        outline.exif_damaged =
            libdeflate_crc32(0, &data[at + 4], length + 4) != big_endian(data, at + 8 + length);
      }
    }
    if (!whole) break;
    at += kChunkOverhead + length;
  }
  return outline;
}

class Reader {
 public:
  Reader(ByteView data, const DecodeLimits& limits) : data_(data), limits_(limits) {}
  ~Reader() { png_destroy_read_struct(&png_, &info_, nullptr); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  Result<Probe> read_header(bool with_profile);
  Result<Decoded> read_pixels(const Probe& header);

 private:
  /// Runs `step` and says whether it came to its end. libpng may leave it by longjmp, so it must own nothing.
  template <class Step>
  [[nodiscard]] bool guarded(Step step) {
    if (setjmp(jump_) != 0) return false;
    step();
    return true;
  }

  static Reader& self(png_structp png) { return *static_cast<Reader*>(png_get_error_ptr(png)); }
  [[noreturn]] static void on_error(png_structp png, png_const_charp message);
  static void on_warning(png_structp png, png_const_charp message);
  static void on_read(png_structp png, png_bytep out, std::size_t count);

  void configure(bool with_profile);
  void read_rows(Image& image, int passes);
  [[nodiscard]] tl::unexpected<Error> failed() const;
  [[nodiscard]] Orientation read_orientation();
  [[nodiscard]] Bytes read_profile(PixelFormat format);

  using Message = std::array<char, 160>;
  static void keep(Message& kept, png_const_charp message) {
    std::strncpy(kept.data(), message, kept.size() - 1);
  }

  ByteView data_;
  const DecodeLimits& limits_;
  std::size_t position_ = 0;
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
  std::jmp_buf jump_{};
  Message error_{};
  Message warning_{};  // the latest
  Outline outline_;
  bool hit_end_ = false;
  std::int32_t warnings_ = 0;
};

void Reader::on_error(png_structp png, png_const_charp message) {
  Reader& reader = self(png);
  keep(reader.error_, message);
  std::longjmp(reader.jump_, 1);
}

void Reader::on_warning(png_structp png, png_const_charp message) {
  Reader& reader = self(png);
  keep(reader.warning_, message);
  ++reader.warnings_;
}

void Reader::on_read(png_structp png, png_bytep out, std::size_t count) {
  Reader& reader = *static_cast<Reader*>(png_get_io_ptr(png));
  if (count > reader.data_.size() - reader.position_) {
    reader.hit_end_ = true;
    png_error(png, "the file ends early");
  }
  std::memcpy(out, reader.data_.data() + reader.position_, count);
  reader.position_ += count;
}

tl::unexpected<Error> Reader::failed() const {
  const std::string_view message = error_.data();
  return failure(hit_end_ ? ErrorCode::truncated : ErrorCode::corrupt,
                 fmt::format("[{}] [{}]", message, warning_.data()));
}

void Reader::configure(bool with_profile) {
  png_set_read_fn(png_, this, on_read);
  png_set_user_limits(png_, PNG_UINT_31_MAX, PNG_UINT_31_MAX);  // outline_of() has looked at the pixels
  png_set_chunk_malloc_max(png_, static_cast<png_alloc_size_t>(limits_.png_chunk_bytes));
  // Skip all ancillary chunks but tRNS and, if wanted, iCCP.
  png_set_keep_unknown_chunks(png_, PNG_HANDLE_CHUNK_NEVER, nullptr, -1);
  if (with_profile) {
    png_set_keep_unknown_chunks(png_, PNG_HANDLE_CHUNK_AS_DEFAULT, reinterpret_cast<png_const_bytep>("iCCP"),
                                1);
  }
}

Result<Probe> Reader::read_header(bool with_profile) {
  Result<Outline> outline = outline_of(data_, limits_);
  if (!outline) return fail(outline.error());
  outline_ = *outline;
  png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, this, on_error, on_warning);
  info_ = png_ == nullptr ? nullptr : png_create_info_struct(png_);
  if (info_ == nullptr)
    return failure(ErrorCode::out_of_memory, "there is not enough memory to decode the PNG");
  const bool read = guarded([&] {
    configure(with_profile);
    png_read_info(png_, info_);
  });
  if (!read) return failed();

  Probe header;
  header.size = {static_cast<std::int32_t>(png_get_image_width(png_, info_)),
                 static_cast<std::int32_t>(png_get_image_height(png_, info_))};
  const unsigned type = png_get_color_type(png_, info_);
  const bool colour = (type & PNG_COLOR_MASK_COLOR) != 0;
  const bool alpha = (type & PNG_COLOR_MASK_ALPHA) != 0 || png_get_valid(png_, info_, PNG_INFO_tRNS) != 0;
  header.format =
      colour ? (alpha ? PixelFormat::rgba : PixelFormat::rgb) : (alpha ? PixelFormat::la : PixelFormat::l);
  header.orientation = read_orientation();
  return header;
}

Orientation Reader::read_orientation() {
  if (outline_.exif.empty()) return Orientation::upright;
  if (!outline_.exif_damaged) {
    if (const auto orientation = exif_orientation(outline_.exif)) return *orientation;
  }
  ++warnings_;
  return Orientation::upright;
}

Bytes Reader::read_profile(PixelFormat format) {
  png_charp name = nullptr;
  png_bytep profile = nullptr;
  png_uint_32 length = 0;
  int compression = 0;
  if (png_get_iCCP(png_, info_, &name, &compression, &profile, &length) == 0) return {};
  if (icc_describes({profile, length}, format)) return Bytes(profile, profile + length);
  ++warnings_;
  return {};
}

void Reader::read_rows(Image& image, int passes) {
  for (int pass = 0; pass < passes; ++pass) {
    for (std::int32_t y = 0; y < image.size().height; ++y) png_read_row(png_, image.row(y), nullptr);
  }
}

Result<Decoded> Reader::read_pixels(const Probe& header) {
  const std::int64_t bits = std::int64_t{png_get_bit_depth(png_, info_)} * png_get_channels(png_, info_);
  const std::int64_t needed = (header.size.width * bits + 7) / 8 * header.size.height;
  if (needed / kMaxInflation > outline_.image_data_bytes) {
    return failure(ErrorCode::truncated,
                   fmt::format("the PNG has {} bytes for {} x {} pixels, which need more",
                               outline_.image_data_bytes, header.size.width, header.size.height));
  }
  Decoded decoded;
  decoded.orientation = header.orientation;
  decoded.icc_profile = read_profile(header.format);
  decoded.image = Image(header.size, header.format);
  const bool read = guarded([&] {
    png_set_expand(png_);
    png_set_strip_16(png_);  // keeps the high byte
    const int passes = png_set_interlace_handling(png_);
    png_read_update_info(png_, info_);
    read_rows(decoded.image, passes);
    png_read_end(png_, nullptr);
  });
  if (!read) return failed();
  decoded.warnings = warnings_;
  return decoded;
}

Result<Probe> probe_png(ByteView data, const DecodeLimits& limits) {
  return Reader(data, limits).read_header(false);
}

Result<Decoded> decode_png(ByteView data, const DecodeLimits& limits) {
  Reader reader(data, limits);
  const Result<Probe> header = reader.read_header(true);
  if (!header) return fail(header.error());
  return reader.read_pixels(*header);
}

}  // namespace

const Codec kPngCodec{"png", matches, probe_png, decode_png};

}  // namespace labday
