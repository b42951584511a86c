#include "image/png_writer.h"

#include <libdeflate.h>

#include <cassert>
#include <memory>
#include <new>
#include <string_view>

#include "image/png_chunk.h"

namespace labday {
namespace {

// The colour types of PNG: bit 1 is colour, bit 2 is alpha.
std::uint8_t colour_type(PixelFormat format) {
  const int colour = channels(format) >= 3 ? 2 : 0;
  const int alpha = has_alpha(format) ? 4 : 0;
  return static_cast<std::uint8_t>(colour | alpha);
}

void append_header(Bytes& file, Size size, PixelFormat format) {
  constexpr std::array<std::uint8_t, 8> kSignature{0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  file.insert(file.end(), kSignature.begin(), kSignature.end());
  const std::size_t start = begin_chunk(file, "IHDR");
  append_u32(file, static_cast<std::uint32_t>(size.width));
  append_u32(file, static_cast<std::uint32_t>(size.height));
  // 8 bits a channel; deflate, the five filters and no interlacing.
  file.insert(file.end(), {8, colour_type(format), 0, 0, 0});
  end_chunk(file, start);
}

// libdeflate compresses the profile: its bytes do not depend on the processor, and a profile is no picture.
void append_zlib(ByteView data, Bytes& file) {
  struct Free {
    void operator()(libdeflate_compressor* c) const { libdeflate_free_compressor(c); }
  };
  constexpr int kLevel = 6;
  const std::unique_ptr<libdeflate_compressor, Free> compressor(libdeflate_alloc_compressor(kLevel));
  if (compressor == nullptr) throw std::bad_alloc();
  const std::size_t before = file.size();
  const std::size_t bound = libdeflate_zlib_compress_bound(compressor.get(), data.size());
  file.resize(before + bound);
  const std::size_t size =
      libdeflate_zlib_compress(compressor.get(), data.data(), data.size(), file.data() + before, bound);
  assert(size != 0);  // the bound is enough for any data
  file.resize(before + size);
}

void append_profile(Bytes& file, ByteView icc_profile) {
  const std::size_t start = begin_chunk(file, "iCCP");
  constexpr std::string_view kName = "ICC profile";
  file.insert(file.end(), kName.begin(), kName.end());
  file.insert(file.end(), {0, 0});  // the end of the name; deflate
  append_zlib(icc_profile, file);
  end_chunk(file, start);
}

}  // namespace

void PngAssembly::begin(ByteView icc_profile, Bytes& file) {
  append_header(file, strips_.size(), strips_.format());
  if (!icc_profile.empty()) append_profile(file, icc_profile);
}

void PngAssembly::add(const PngStrip& strip, Bytes& file) {
  assert(!complete());
  const std::size_t start = begin_chunk(file, "IDAT");
  file.insert(file.end(), strip.data.begin(), strip.data.end());
  adler_ = joined_adler(adler_, strip.adler, strip.line_bytes);
  ++next_;
  if (complete()) append_u32(file, adler_);
  end_split_chunk(file, start, kMaxChunkBytes);
  if (complete()) end_chunk(file, begin_chunk(file, "IEND"));
}

std::uint32_t joined_adler(std::uint32_t first, std::uint32_t second, std::uint64_t second_bytes) {
  // Low half: 1 + the sum of the bytes. High half: the sum of the low halves after each byte.
  constexpr std::uint64_t kModulus = 65521;
  const std::uint64_t first_sum = first & 0xffff;
  const std::uint64_t second_sum = second & 0xffff;
  const std::uint64_t low = (first_sum + second_sum + kModulus - 1) % kModulus;
  const std::uint64_t high =
      ((first >> 16) + (second >> 16) + second_bytes % kModulus * ((first_sum + kModulus - 1) % kModulus)) %
      kModulus;
  return static_cast<std::uint32_t>(high << 16 | low);
}

Bytes encode_png(ImageView image, PngLevel level, ByteView icc_profile) {
  const PngStrips strips(image.size, image.format, level);
  PngAssembly assembly(strips);
  Bytes file;
  assembly.begin(icc_profile, file);
  PngStripEncoder& encoder = PngStripEncoder::of_this_thread();
  PngStrip encoded;
  for (std::int32_t strip = 0; strip < strips.count(); ++strip) {
    const std::int32_t first = strips.first_row(strip);
    encoder.begin(strips, strip, first == 0 ? nullptr : image.row(first - 1), encoded);
    encoder.write_rows(image.row(first), strips.first_row(strip + 1) - first);
    encoder.finish();
    assembly.add(encoded, file);
  }
  return file;
}

}  // namespace labday
