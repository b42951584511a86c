// libFuzzer: decode(encode(x)) is x, for any pixels, size, format and level, and libpng has nothing to say.
//
// The first bytes of the input choose, the rest are pixels. A repeat count lets short inputs become pictures
// of many strips.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "image/codec.h"
#include "image/png_writer.h"

namespace {

using namespace labday;

[[noreturn]] void complain(const char* what) {
  std::fprintf(stderr, "png_encode_fuzz: %s\n", what);
  std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kHead = 5;
  if (size <= kHead) return 0;
  const auto format = static_cast<PixelFormat>(1 + data[0] % 4);
  const auto level = static_cast<PngLevel>(data[1] % kPngLevelNames.size());
  const auto pixel_bytes = static_cast<std::size_t>(channels(format));
  const auto width = static_cast<std::int32_t>(1 + (data[2] | data[3] << 8) % 4000);
  const std::size_t pixels_bytes = size - kHead;
  const std::size_t row_bytes = static_cast<std::size_t>(width) * pixel_bytes;
  const std::size_t wanted = pixels_bytes * (1 + std::size_t{data[4]} * data[4]);
  const auto height = static_cast<std::int32_t>(1 + std::min<std::size_t>(wanted, 3 << 20) / row_bytes);

  Image image({width, height}, format);
  for (std::size_t i = 0; i < image.byte_count(); ++i) image.data()[i] = data[kHead + i % pixels_bytes];
  const Bytes file = encode_png(image.view(), level);
  const auto decoded = decode(file, {});
  if (!decoded) complain(decoded.error().detail.c_str());
  if (decoded->image.size() != image.size() || decoded->image.format() != format) complain("another shape");
  if (decoded->warnings != 0) complain("libpng warns");
  if (std::memcmp(decoded->image.view().data, image.data(), image.byte_count()) != 0)
    complain("other pixels");
  return 0;
}
