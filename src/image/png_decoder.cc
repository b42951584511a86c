// PNG by libpng's low-level reader, after a walk over the chunk headers (png_outline.h) that refuses what is
// over a limit. libpng then sees only the chunks that make pixels; text, gamma and the like are skipped,
// never inflated. Its errors longjmp to guarded(), so nothing that has a destructor lives in between.
#include <fmt/format.h>
#include <png.h>

#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstring>

#include "image/codec.h"
#include "image/exif.h"
#include "image/icc.h"
#include "image/png_outline.h"

namespace labday {
namespace {

// 258 bytes of output cost at least two bits, one for the length and one for the distance (RFC 1951).
constexpr std::int64_t kMaxInflation = 1032;

bool matches(ByteView head) {
  return head.size() >= kPngSignature.size() &&
         std::equal(kPngSignature.begin(), kPngSignature.end(), head.begin());
}

tl::unexpected<Error> failure(ErrorCode code, std::string detail) {
  return fail(Stage::decode, code, {}, std::move(detail));
}

tl::unexpected<Error> out_of_memory() {
  return failure(ErrorCode::out_of_memory, "there is not enough memory to decode the PNG");
}

class Reader {
 public:
  Reader(ByteView data, const DecodeLimits& limits) : data_(data), limits_(limits) {}
  ~Reader() { png_destroy_read_struct(&png_, &info_, nullptr); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  Result<Probe> read_header();
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

  void configure();
  void read_rows(Image& image, int passes);
  [[nodiscard]] tl::unexpected<Error> failed() const;
  [[nodiscard]] Orientation read_orientation();
  [[nodiscard]] Result<Bytes> read_profile(PixelFormat format);

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
  PngOutline outline_;
  bool hit_end_ = false;
  std::int32_t warnings_ = 0;
};

void Reader::on_error(png_structp png, png_const_charp message) {
  Reader& reader = self(png);
  keep(reader.error_, message);
  std::longjmp(reader.jump_, 1);
}

void Reader::on_warning(png_structp png, png_const_charp message) {
  // Without tRNS the picture would lose its transparency. Where that chunk is no damage but nonsense, every
  // viewer that uses libpng does without it, and so does labday.
  constexpr std::array<const char*, 2> kDamage{"tRNS: CRC error", "IDAT: incorrect data check"};
  for (const char* damage : kDamage) {
    if (std::strcmp(message, damage) == 0) on_error(png, message);
  }
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
  if (hit_end_) return failure(ErrorCode::truncated, "the PNG data ends early");
  std::string_view message = error_.data();
  if (message == "IEND: out of place" && outline_.image_data_bytes == 0) message = "no IDAT";
  // libpng says in warnings what is wrong with a header, and then only that something is.
  if (message == "Invalid IHDR data") message = warning_.data();
  if (message.find("memory") != message.npos) {
    return out_of_memory();
  }
  if (message.find("unhandled critical chunk") != message.npos) {
    return failure(ErrorCode::unsupported,
                   fmt::format("this kind of PNG cannot be decoded (libpng: {})", message));
  }
  return failure(ErrorCode::corrupt, fmt::format("the PNG data is damaged (libpng: {})", message));
}

void Reader::configure() {
  png_set_read_fn(png_, this, on_read);
  // outline_png() has looked at the sizes. Of the ancillary chunks only tRNS stays.
  png_set_user_limits(png_, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_set_chunk_malloc_max(png_, 0);
  png_set_keep_unknown_chunks(png_, PNG_HANDLE_CHUNK_NEVER, nullptr, -1);
  // Some encoders declare a smaller window than they use. Every decoder that ignores the declaration reads
  // their files.
  png_set_option(png_, PNG_MAXIMUM_INFLATE_WINDOW, PNG_OPTION_ON);
}

Result<Probe> Reader::read_header() {
  const Result<PngOutline> outline = outline_png(data_, limits_);
  if (!outline) return fail(outline.error());
  outline_ = *outline;
  png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, this, on_error, on_warning);
  info_ = png_ == nullptr ? nullptr : png_create_info_struct(png_);
  if (info_ == nullptr) return out_of_memory();
  const bool read = guarded([this] {
    configure();
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
  // The prefix that EXIF has in a JPEG does not belong here; some programs write it all the same.
  constexpr std::array<std::uint8_t, 6> kJpegPrefix{'E', 'x', 'i', 'f', 0, 0};
  ByteView exif = outline_.exif;
  if (exif.size() > kJpegPrefix.size() && std::equal(kJpegPrefix.begin(), kJpegPrefix.end(), exif.begin())) {
    exif = exif.subspan(kJpegPrefix.size());
  }
  if (const auto orientation = exif_orientation(exif)) return *orientation;
  ++warnings_;
  return Orientation::upright;
}

Result<Bytes> Reader::read_profile(PixelFormat format) {
  if (outline_.profile.empty()) return Bytes();
  Result<Bytes> profile = inflate_png_profile(outline_.profile, limits_);
  if (!profile) return profile;
  profile->resize(fitting_profile(*profile, format).size());
  if (profile->empty()) ++warnings_;
  return profile;
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
                   fmt::format("the PNG has {} bytes of image data, too few for its {} x {} pixels",
                               outline_.image_data_bytes, header.size.width, header.size.height));
  }
  Decoded decoded;
  decoded.orientation = header.orientation;
  Result<Bytes> profile = read_profile(header.format);
  if (!profile) return fail(profile.error());
  decoded.icc_profile = std::move(*profile);
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
  return Reader(data, limits).read_header();
}

Result<Decoded> decode_png(ByteView data, const DecodeLimits& limits) {
  Reader reader(data, limits);
  const Result<Probe> header = reader.read_header();
  if (!header) return fail(header.error());
  return reader.read_pixels(*header);
}

}  // namespace

const Codec kPngCodec{"png", matches, probe_png, decode_png};

}  // namespace labday
