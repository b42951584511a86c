// Any size to any size by any filter, in any strips: the pixels of the plain reference.
#include <algorithm>

#include "fuzz/fuzz_target.h"
#include "image/reference_resample.h"
#include "image/resample.h"

namespace labday::fuzz {

namespace {

/// The other side is as short as the pixels want it.
Size some_size(Input& input) {
  constexpr std::int32_t kMostPixels = 4000;
  const std::int32_t longer = input.number(0, 3) == 0 ? input.number(1, kMostPixels) : input.number(1, 80);
  const std::int32_t shorter = input.number(1, std::clamp(kMostPixels / longer, 1, 80));
  return input.number(0, 1) == 0 ? Size{longer, shorter} : Size{shorter, longer};
}

}  // namespace

void run(ByteView bytes) {
  Input input(bytes);
  const auto format = static_cast<PixelFormat>(input.number(1, 4));
  const auto filter = static_cast<Filter>(input.number(0, 5));
  Image source(some_size(input), format);
  const Size to = some_size(input);
  std::int32_t strip = input.number(1, to.height);
  const bool upwards = input.number(0, 1) == 1;
  const ByteView pixels = input.rest();
  for (std::size_t i = 0; i < source.byte_count(); ++i) {
    source.data()[i] = pixels.empty() ? static_cast<std::uint8_t>(i * i >> 3) : pixels[i % pixels.size()];
  }

  fill_new_memory(0xA5);
  const Image expected = testing::reference_resize(source.view(), to, filter);
  Resampler resampler(source.view(), to, filter);
  Image actual(to, format);
  const std::int32_t strips = (to.height + strip - 1) / strip;
  for (std::int32_t i = 0; i < strips; ++i) {
    const std::int32_t first = (upwards ? strips - 1 - i : i) * strip;
    resampler.rows(first, std::min(first + strip, to.height), actual.row(first));
  }
  require(std::memcmp(actual.data(), expected.view().data, actual.byte_count()) == 0, "other pixels");
}

std::vector<Bytes> seeds() {
  std::vector<Bytes> seeds;
  for (std::uint8_t i = 0; i < 24; ++i) {
    Bytes seed(60);
    for (std::size_t k = 0; k < seed.size(); ++k)
      seed[k] = k % 4 == 0 ? static_cast<std::uint8_t>(i * 11 + k * 7) : 0;
    seed[0] = i;
    seed[4] = i / 4;
    seeds.push_back(std::move(seed));
  }
  return seeds;
}

}  // namespace labday::fuzz
