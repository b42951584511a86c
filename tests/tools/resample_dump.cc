// Resizes what it is sent, so that a test in another language can compare the pixels.
//
// Standard input is a sequence of requests: a line `CHANNELS WIDTH HEIGHT NEW_WIDTH NEW_HEIGHT FILTER STRIP`,
// then WIDTH × HEIGHT × CHANNELS bytes. The answer to each is NEW_WIDTH × NEW_HEIGHT × CHANNELS bytes on
// standard output, made in strips of STRIP rows. A request that makes no sense ends the program with
// status 2.
#include <algorithm>
#include <iostream>
#include <limits>
#include <string>

#include "image/resample.h"

int main() {
  std::ios::sync_with_stdio(false);
  int channel_count = 0;
  labday::Size size;
  labday::Size target;
  std::string filter_name;
  std::int32_t strip = 0;
  while (std::cin >> channel_count >> size.width >> size.height >> target.width >> target.height >>
         filter_name >> strip) {
    std::cin.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
    const std::optional<labday::Filter> filter = labday::filter_from_name(filter_name);
    if (channel_count < 1 || channel_count > 4 || !filter || strip < 1 ||
        std::min({size.width, size.height, target.width, target.height}) < 1) {
      return 2;
    }
    const auto format = static_cast<labday::PixelFormat>(channel_count);
    labday::Image source(size, format);
    std::cin.read(reinterpret_cast<char*>(source.data()), static_cast<std::streamsize>(source.byte_count()));
    if (!std::cin) return 2;

    labday::Image result(target, format);
    labday::Resampler resampler(source.view(), target, *filter);
    for (std::int32_t y = 0; y < target.height; y += strip) {
      resampler.rows(y, std::min(y + strip, target.height), result.row(y));
    }
    std::cout.write(reinterpret_cast<const char*>(result.data()),
                    static_cast<std::streamsize>(result.byte_count()));
    std::cout.flush();
  }
  return std::cin.eof() && std::cout ? 0 : 2;
}
