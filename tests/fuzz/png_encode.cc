// decode(encode(x)) is x, for any pixels, size, format and level, libpng has nothing to say, and the bytes do
// not depend on what was in memory before.
//
// The first bytes of the input choose, the rest are pixels. A repeat count lets short inputs become pictures
// of many strips.
#include <algorithm>

#include "fuzz/fuzz_target.h"
#include "image/codec.h"
#include "image/png_writer.h"

namespace labday::fuzz {

void run(ByteView input) {
  constexpr std::size_t kHead = 5;
  if (input.size() <= kHead) return;
  const auto format = static_cast<PixelFormat>(1 + input[0] % 4);
  const auto level = static_cast<PngLevel>(input[1] % kPngLevelNames.size());
  const auto width = static_cast<std::int32_t>(1 + (input[2] | input[3] << 8) % 4000);
  const ByteView pixels = input.subspan(kHead);
  const std::size_t row_bytes = static_cast<std::size_t>(width) * static_cast<std::size_t>(channels(format));
  const std::size_t wanted = pixels.size() * (1 + std::size_t{input[4]} * input[4]);
  const auto height = static_cast<std::int32_t>(1 + std::min<std::size_t>(wanted, 3 << 20) / row_bytes);

  Image image({width, height}, format);
  for (std::size_t i = 0; i < image.byte_count(); ++i) image.data()[i] = pixels[i % pixels.size()];
  fill_new_memory(0x00);
  const Bytes file = encode_png(image.view(), level);
  fill_new_memory(0xA5);
  require(encode_png(image.view(), level) == file, "other bytes the second time");
  const auto decoded = decode(file, {});
  if (!decoded) complain(decoded.error().detail);
  require(decoded->image.size() == image.size() && decoded->image.format() == format, "another shape");
  require(decoded->warnings == 0, "libpng warns");
  require(std::memcmp(decoded->image.view().data, image.data(), image.byte_count()) == 0, "other pixels");
}

std::vector<Bytes> seeds() {
  std::vector<Bytes> seeds;
  for (std::uint8_t format = 0; format < 4; ++format) {
    for (std::uint8_t level = 0; level < 4; ++level) {
      Bytes seed{format, level, static_cast<std::uint8_t>(50 + 40 * level), 0,
                 static_cast<std::uint8_t>(6 * format)};
      for (unsigned i = 0; i < 600; ++i) seed.push_back(static_cast<std::uint8_t>(i / 7 + i * i % 5));
      seeds.push_back(std::move(seed));
    }
  }
  return seeds;
}

}  // namespace labday::fuzz
