#include "image/image_files.h"

#include <libdeflate.h>

#include <array>
#include <cstdlib>

namespace labday::testing {
namespace {

/// libjpeg's default is to exit; an exception through its frames would leak, which a failing test may.
[[noreturn]] void throw_message(j_common_ptr cinfo) {
  std::array<char, JMSG_LENGTH_MAX> message{};
  cinfo->err->format_message(cinfo, message.data());
  throw std::runtime_error(message.data());
}

std::uint32_t next_random(std::uint32_t& state) {
  state = state * 1664525U + 1013904223U;
  return state >> 24;
}

}  // namespace

Bytes test_samples(std::size_t count, std::uint32_t seed) {
  Bytes samples(count);
  for (std::size_t i = 0; i < count; ++i) {
    samples[i] = static_cast<std::uint8_t>((i / 5 + seed * 40 + next_random(seed) % 32) & 0xFF);
  }
  return samples;
}

Bytes make_jpeg(const JpegRecipe& recipe, const Bytes& samples) {
  jpeg_compress_struct cinfo{};
  jpeg_error_mgr errors{};
  cinfo.err = jpeg_std_error(&errors);
  errors.error_exit = throw_message;
  jpeg_create_compress(&cinfo);
  unsigned char* out = nullptr;
  unsigned long length = 0;
  jpeg_mem_dest(&cinfo, &out, &length);
  cinfo.image_width = static_cast<JDIMENSION>(recipe.size.width);
  cinfo.image_height = static_cast<JDIMENSION>(recipe.size.height);
  cinfo.in_color_space = recipe.samples;
  cinfo.input_components = recipe.samples == JCS_GRAYSCALE ? 1 : recipe.samples == JCS_CMYK ? 4 : 3;
  jpeg_set_defaults(&cinfo);
  jpeg_set_colorspace(&cinfo, recipe.stored);
  jpeg_set_quality(&cinfo, recipe.quality, TRUE);
  cinfo.restart_in_rows = recipe.restart_rows;
  cinfo.arith_code = recipe.process == JpegProcess::arithmetic ? TRUE : FALSE;
  if (recipe.process == JpegProcess::progressive) jpeg_simple_progression(&cinfo);
  std::array<jpeg_scan_info, 4> scans{};
  if (recipe.process == JpegProcess::one_scan_a_channel) {
    for (int i = 0; i < cinfo.num_components; ++i)
      scans.at(static_cast<std::size_t>(i)) = {1, {i}, 0, 63, 0, 0};
    cinfo.scan_info = scans.data();
    cinfo.num_scans = cinfo.num_components;
  }
  jpeg_start_compress(&cinfo, TRUE);
  for (const Marker& marker : recipe.markers) {
    jpeg_write_marker(&cinfo, marker.code, reinterpret_cast<const JOCTET*>(marker.content.data()),
                      static_cast<unsigned>(marker.content.size()));
  }
  const std::size_t row_bytes =
      std::size_t{cinfo.image_width} * static_cast<std::size_t>(cinfo.input_components);
  while (cinfo.next_scanline < cinfo.image_height) {
    JSAMPROW row = const_cast<JSAMPROW>(&samples[cinfo.next_scanline * row_bytes]);
    jpeg_write_scanlines(&cinfo, &row, 1);
  }
  jpeg_finish_compress(&cinfo);
  jpeg_destroy_compress(&cinfo);
  Bytes jpeg(out, out + length);
  std::free(out);
  return jpeg;
}

Bytes make_jpeg(const JpegRecipe& recipe) {
  return make_jpeg(recipe, test_samples(static_cast<std::size_t>(recipe.size.pixels()) * 4, 1));
}

std::size_t find_marker(const Bytes& jpeg, std::uint8_t code, std::size_t from) {
  for (std::size_t i = from; i + 1 < jpeg.size(); ++i) {
    if (jpeg[i] == 0xFF && jpeg[i + 1] == code) return i;
  }
  throw std::runtime_error("no such marker");
}

Bytes bytes_of(std::string_view text) { return Bytes(text.begin(), text.end()); }

std::string be16(std::uint32_t value) {
  return {static_cast<char>(value >> 8 & 0xFF), static_cast<char>(value & 0xFF)};
}

std::string be32(std::uint32_t value) { return be16(value >> 16) + be16(value & 0xFFFF); }

std::string make_exif(unsigned orientation, bool little_endian) {
  const auto number = [&](std::uint32_t value, int bytes) {
    std::string text = bytes == 2 ? be16(value) : be32(value);
    return little_endian ? std::string(text.rbegin(), text.rend()) : text;
  };
  return (little_endian ? "II" : "MM") + number(42, 2) + number(8, 4) + number(1, 2) + number(0x0112, 2) +
         number(3, 2) + number(1, 4) + number(orientation, 2) + std::string(2, '\0') + number(0, 4);
}

std::string make_icc(std::string_view colour_space, std::size_t bytes) {
  std::string profile(bytes, '\0');
  for (std::size_t i = 128; i < bytes; ++i) profile[i] = static_cast<char>(i * 7 / 3);
  profile.replace(0, 4, be32(static_cast<std::uint32_t>(bytes)));
  profile.replace(16, 4, colour_space);
  profile.replace(36, 4, "acsp");
  return profile;
}

std::string deflated(std::string_view data) {
  libdeflate_compressor* compressor = libdeflate_alloc_compressor(6);
  std::string out(libdeflate_zlib_compress_bound(compressor, data.size()), '\0');
  out.resize(libdeflate_zlib_compress(compressor, data.data(), data.size(), out.data(), out.size()));
  libdeflate_free_compressor(compressor);
  return out;
}

std::string png_chunk(std::string_view type, std::string_view content, bool good_crc) {
  std::string body(type);
  body += content;
  const std::uint32_t crc = libdeflate_crc32(0, body.data(), body.size());
  return be32(static_cast<std::uint32_t>(content.size())) + body + be32(good_crc ? crc : ~crc);
}

std::string png_header(Size size, int depth, int colour_type) {
  return png_chunk("IHDR", be32(static_cast<std::uint32_t>(size.width)) +
                               be32(static_cast<std::uint32_t>(size.height)) + static_cast<char>(depth) +
                               static_cast<char>(colour_type) + std::string(3, '\0'));
}

Bytes make_png(Size size, int depth, int colour_type, std::string_view raw, std::string_view before,
               std::string_view after) {
  std::string png(kPngSignatureText);
  png += png_header(size, depth, colour_type);
  png += before;
  png += png_chunk("IDAT", deflated(raw));
  png += after;
  png += png_chunk("IEND", {});
  return bytes_of(png);
}

std::string raw_rows(Size size, int bits_per_pixel, std::uint32_t seed) {
  const std::size_t row_bytes = (static_cast<std::size_t>(size.width * bits_per_pixel) + 7) / 8;
  std::string raw;
  for (std::int32_t y = 0; y < size.height; ++y) {
    raw += '\0';
    for (std::size_t i = 0; i < row_bytes; ++i) raw += static_cast<char>(next_random(seed));
  }
  return raw;
}

}  // namespace labday::testing
