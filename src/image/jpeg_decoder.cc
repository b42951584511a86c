// JPEG by libjpeg-turbo with its defaults (islow, fancy upsampling), which give Pillow's pixels.
//
// libjpeg is lenient: most damage is a warning, and grey filling takes the place of what is missing. Here the
// warnings are sorted: those that cost pixels end the decoding, the others are counted. Its callbacks must
// not return after an error, so they longjmp to guarded(); nothing with a destructor lives in between.
#include <fmt/format.h>

// jpeglib.h needs stdio.h before it.
#include <jerror.h>
#include <jpeglib.h>
#include <stdio.h>  // NOLINT(modernize-deprecated-headers)

#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>

#include "image/codec.h"
#include "image/exif.h"
#include "image/icc.h"

namespace labday {
namespace {

constexpr int kExifMarker = JPEG_APP0 + 1;
constexpr int kIccMarker = JPEG_APP0 + 2;
constexpr unsigned kWholeMarker = 0xFFFF;

bool matches(ByteView head) {
  return head.size() >= 3 && head[0] == 0xFF && head[1] == 0xD8 && head[2] == 0xFF;
}

ErrorCode code_of(int message) {
  switch (message) {
    case JWRN_JPEG_EOF:
    case JERR_INPUT_EOF:
      return ErrorCode::truncated;
    case JERR_OUT_OF_MEMORY:
      return ErrorCode::out_of_memory;
    case JERR_ARITH_NOTIMPL:
    case JERR_BAD_PRECISION:
    case JERR_CCIR601_NOTIMPL:
    case JERR_COMPONENT_COUNT:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_EMPTY_IMAGE:
    case JERR_FRACT_SAMPLE_NOTIMPL:
    case JERR_IMAGE_TOO_BIG:
    case JERR_NOTIMPL:
    case JERR_NOT_COMPILED:
    case JERR_SOF_UNSUPPORTED:
      return ErrorCode::unsupported;
    default:
      return ErrorCode::corrupt;
  }
}

std::string_view sentence(ErrorCode code) {
  switch (code) {
    case ErrorCode::truncated:
      return "the JPEG data ends early";
    case ErrorCode::unsupported:
      return "this kind of JPEG cannot be decoded";
    case ErrorCode::out_of_memory:
      return "there is not enough memory to decode the JPEG";
    default:
      return "the JPEG data is damaged";
  }
}

bool begins_with(const jpeg_marker_struct& marker, int code, std::string_view text) {
  return marker.marker == code && marker.data_length >= text.size() &&
         std::memcmp(marker.data, text.data(), text.size()) == 0;
}

tl::unexpected<Error> failure(ErrorCode code, std::string detail) {
  return fail(Stage::decode, code, {}, std::move(detail));
}

class Reader {
 public:
  Reader(ByteView data, const DecodeLimits& limits) : data_(data), limits_(limits) {
    cinfo_.err = jpeg_std_error(&errors_);
    cinfo_.client_data = this;
    errors_.error_exit = on_error;
    errors_.emit_message = on_message;
    progress_.progress_monitor = on_progress;
  }
  ~Reader() { jpeg_destroy_decompress(&cinfo_); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  Result<Probe> read_header();
  Result<Decoded> read_pixels(const Probe& header);

 private:
  /// Runs `step` and says whether it came to its end. libjpeg may leave it by longjmp, so it must own
  /// nothing.
  template <class Step>
  [[nodiscard]] bool guarded(Step step) {
    if (setjmp(jump_) != 0) return false;
    step();
    return true;
  }

  static Reader& self(j_common_ptr cinfo) { return *static_cast<Reader*>(cinfo->client_data); }
  [[noreturn]] static void on_error(j_common_ptr cinfo);
  static void on_message(j_common_ptr cinfo, int level);
  static void on_progress(j_common_ptr cinfo);

  [[nodiscard]] tl::unexpected<Error> failed() const;
  [[nodiscard]] tl::unexpected<Error> too_many_pixels() const;
  [[nodiscard]] Orientation read_orientation();
  [[nodiscard]] Bytes read_profile(PixelFormat format);
  void read_rows(Image& image);
  void read_cmyk_rows(Image& image, Bytes& scratch);

  ByteView data_;
  const DecodeLimits& limits_;
  jpeg_decompress_struct cinfo_{};
  jpeg_error_mgr errors_{};
  jpeg_progress_mgr progress_{};
  std::jmp_buf jump_{};
  std::array<char, JMSG_LENGTH_MAX> message_{};
  bool too_many_scans_ = false;
  std::int32_t warnings_ = 0;
};

void Reader::on_error(j_common_ptr cinfo) {
  Reader& reader = self(cinfo);
  cinfo->err->format_message(cinfo, reader.message_.data());
  std::longjmp(reader.jump_, 1);
}

void Reader::on_message(j_common_ptr cinfo, int level) {
  if (level >= 0) return;  // a trace, not a warning
  const jpeg_error_mgr& err = *cinfo->err;
  switch (err.msg_code) {
    case JWRN_EXTRANEOUS_DATA:
      // Before a restart marker the bytes belong to a segment that was decoded wrongly. Elsewhere nothing is
      // missing: many cameras leave a few bytes before the end.
      if (err.msg_parm.i[1] >= JPEG_RST0 && err.msg_parm.i[1] <= JPEG_RST0 + 7) break;
      [[fallthrough]];
    case JWRN_ADOBE_XFORM:
    case JWRN_BOGUS_ICC:
    case JWRN_JFIF_MAJOR:
    case JWRN_NOT_SEQUENTIAL:
      ++self(cinfo).warnings_;
      return;
    default:
      break;
  }
  on_error(cinfo);
}

void Reader::on_progress(j_common_ptr cinfo) {
  Reader& reader = self(cinfo);
  if (reader.cinfo_.input_scan_number <= reader.limits_.jpeg_scans) return;
  reader.too_many_scans_ = true;
  std::longjmp(reader.jump_, 1);
}

tl::unexpected<Error> Reader::too_many_pixels() const {
  return failure(ErrorCode::over_limit,
                 fmt::format("the JPEG has {} x {} pixels, and --max-pixels is {}", cinfo_.image_width,
                             cinfo_.image_height, limits_.source_pixels));
}

tl::unexpected<Error> Reader::failed() const {
  if (too_many_scans_) {
    return failure(ErrorCode::over_limit,
                   fmt::format("the JPEG has more scans than --max-jpeg-scans {}", limits_.jpeg_scans));
  }
  const ErrorCode code = code_of(errors_.msg_code);
  if (errors_.msg_code == JERR_IMAGE_TOO_BIG &&
      std::int64_t{cinfo_.image_width} * cinfo_.image_height > limits_.source_pixels) {
    return too_many_pixels();
  }
  return failure(code, fmt::format("{} (libjpeg: {})", sentence(code), message_.data()));
}

Result<Probe> Reader::read_header() {
  const bool read = guarded([this] {
    jpeg_create_decompress(&cinfo_);
    cinfo_.progress = &progress_;
    jpeg_mem_src(&cinfo_, data_.data(), data_.size());
    jpeg_save_markers(&cinfo_, kExifMarker, kWholeMarker);
    jpeg_save_markers(&cinfo_, kIccMarker, kWholeMarker);
    jpeg_read_header(&cinfo_, TRUE);
  });
  if (!read) return failed();
  if (std::int64_t{cinfo_.image_width} * cinfo_.image_height > limits_.source_pixels)
    return too_many_pixels();
  if (cinfo_.num_components != 1 && cinfo_.num_components != 3 && cinfo_.num_components != 4) {
    return failure(ErrorCode::unsupported,
                   fmt::format("the JPEG has {} channels; only 1, 3 and 4 are known", cinfo_.num_components));
  }
  Probe header;
  header.size = {static_cast<std::int32_t>(cinfo_.image_width),
                 static_cast<std::int32_t>(cinfo_.image_height)};
  header.format = cinfo_.num_components == 1 ? PixelFormat::l : PixelFormat::rgb;
  header.orientation = read_orientation();
  return header;
}

/// The first EXIF segment counts, as in Pillow.
Orientation Reader::read_orientation() {
  for (const jpeg_marker_struct* m = cinfo_.marker_list; m != nullptr; m = m->next) {
    if (!begins_with(*m, kExifMarker, {"Exif\0", 6})) continue;
    if (const auto orientation = exif_orientation({m->data + 6, m->data_length - 6})) return *orientation;
    ++warnings_;
    break;
  }
  return Orientation::upright;
}

Bytes Reader::read_profile(PixelFormat format) {
  JOCTET* joined = nullptr;
  unsigned length = 0;
  const std::int32_t before = warnings_;
  const bool read = guarded([&] { jpeg_read_icc_profile(&cinfo_, &joined, &length); });
  const std::unique_ptr<JOCTET, decltype(&std::free)> owner(joined, &std::free);
  if (read && joined != nullptr) {
    const ByteView profile = fitting_profile({joined, length}, format);
    if (!profile.empty()) return Bytes(profile.begin(), profile.end());
  }
  // One warning, whether or not libjpeg had something to say as well.
  for (const jpeg_marker_struct* m = cinfo_.marker_list; m != nullptr; m = m->next) {
    if (begins_with(*m, kIccMarker, {"ICC_PROFILE", 12})) warnings_ = before + 1;
  }
  return {};
}

void Reader::read_rows(Image& image) {
  while (cinfo_.output_scanline < cinfo_.output_height) {
    // As many rows as libjpeg can give at a time; it takes no more than it has ready.
    std::array<JSAMPROW, 16> rows;
    const JDIMENSION left = cinfo_.output_height - cinfo_.output_scanline;
    const JDIMENSION count = std::min<JDIMENSION>(left, rows.size());
    for (JDIMENSION i = 0; i < count; ++i)
      rows[i] = image.row(static_cast<std::int32_t>(cinfo_.output_scanline + i));
    jpeg_read_scanlines(&cinfo_, rows.data(), count);
  }
}

/// Adobe stores CMYK inverted, and Pillow takes every CMYK JPEG for Adobe's. Its convert("RGB") then is
/// v = c·k / 255, rounded, in terms of the stored bytes (checked for all 65,536 pairs).
void Reader::read_cmyk_rows(Image& image, Bytes& scratch) {
  JSAMPROW row = scratch.data();
  while (cinfo_.output_scanline < cinfo_.output_height) {
    std::uint8_t* out = image.row(static_cast<std::int32_t>(cinfo_.output_scanline));
    jpeg_read_scanlines(&cinfo_, &row, 1);
    for (JDIMENSION x = 0; x < cinfo_.output_width; ++x) {
      for (int c = 0; c < 3; ++c) {
        const unsigned t = unsigned{row[4 * x + static_cast<JDIMENSION>(c)]} * row[4 * x + 3] + 128;
        *out++ = static_cast<std::uint8_t>(((t >> 8) + t) >> 8);
      }
    }
  }
}

Result<Decoded> Reader::read_pixels(const Probe& header) {
  Decoded decoded;
  decoded.orientation = header.orientation;
  decoded.icc_profile = read_profile(header.format);
  const bool cmyk = cinfo_.num_components == 4;
  cinfo_.out_color_space = header.format == PixelFormat::l ? JCS_GRAYSCALE : cmyk ? JCS_CMYK : JCS_RGB;
  if (!guarded([this] { jpeg_start_decompress(&cinfo_); })) return failed();
  // By now all scans of a JPEG with several have been read. libjpeg fills a channel that came in none.
  for (int i = 0; i < cinfo_.num_components; ++i) {
    if (cinfo_.comp_info[i].quant_table != nullptr) continue;
    return failure(ErrorCode::corrupt,
                   fmt::format("the JPEG has no data for channel {} of {}", i + 1, cinfo_.num_components));
  }
  decoded.image = Image(header.size, header.format);
  Bytes scratch(cmyk ? std::size_t{4} * cinfo_.output_width : 0);
  const bool read = guarded([&] {
    cmyk ? read_cmyk_rows(decoded.image, scratch) : read_rows(decoded.image);
    jpeg_finish_decompress(&cinfo_);
  });
  if (!read) return failed();
  decoded.warnings = warnings_;
  return decoded;
}

Result<Probe> probe_jpeg(ByteView data, const DecodeLimits& limits) {
  return Reader(data, limits).read_header();
}

Result<Decoded> decode_jpeg(ByteView data, const DecodeLimits& limits) {
  Reader reader(data, limits);
  const Result<Probe> header = reader.read_header();
  if (!header) return fail(header.error());
  return reader.read_pixels(*header);
}

}  // namespace

const Codec kJpegCodec{"jpeg", matches, probe_jpeg, decode_jpeg};

}  // namespace labday
