// Any bytes as a PNG. The checksums of chunks would keep nearly all changes out, so they are made right
// first.
#include <libdeflate.h>

#include "fuzz/check_decoder.h"
#include "image/png_writer.h"
#include "image/samples.h"

namespace labday::fuzz {

namespace {

std::uint32_t big_endian(const std::uint8_t* at) {
  return std::uint32_t{at[0]} << 24 | std::uint32_t{at[1]} << 16 | std::uint32_t{at[2]} << 8 | at[3];
}

/// With the right checksum behind every whole chunk (PNG specification, section 5.3).
Bytes with_right_checksums(ByteView input) {
  Bytes file(input.begin(), input.end());
  for (std::size_t at = 8; file.size() >= 12 && at <= file.size() - 12;) {
    const std::size_t length = big_endian(&file[at]);
    if (length > file.size() - 12 - at) break;
    std::uint8_t* const checksum = &file[at + 8 + length];
    const std::uint32_t right = libdeflate_crc32(0, &file[at + 4], 4 + length);
    for (int i = 0; i < 4; ++i) checksum[i] = static_cast<std::uint8_t>(right >> (24 - 8 * i));
    at += 12 + length;
  }
  return file;
}

}  // namespace

void run(ByteView input) {
  check_decoder(kPngCodec, with_right_checksums(input));
  if (input.size() % 4 == 0) check_decoder(kPngCodec, input);
}

std::vector<Bytes> seeds() {
  std::vector<Bytes> seeds;
  for (int format = 1; format <= 4; ++format) {
    Image image({23, 11}, static_cast<PixelFormat>(format));
    for (std::size_t i = 0; i < image.byte_count(); ++i)
      image.data()[i] = static_cast<std::uint8_t>(i * i >> 4);
    seeds.push_back(encode_png(image.view(), static_cast<PngLevel>(format - 1)));
  }
  seeds.push_back(encode_png(draw_sample(1, 1, {60, 40}).view(), PngLevel::balanced));
  return seeds;
}

}  // namespace labday::fuzz
