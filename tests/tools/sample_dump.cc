// Writes samples as JPEG files, for tests that look at them from outside: with Pillow, or with one's own
// eyes.
#include <charconv>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <string>
#include <string_view>
#include <system_error>

#include "image/samples.h"

namespace {

template <class Number>
bool parse(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t seed = 0;
  std::int32_t index = 0;
  labday::Size size;
  int quality = 0;
  if (argc != 7 || !parse(argv[1], seed) || !parse(argv[2], index) || !parse(argv[3], size.width) ||
      !parse(argv[4], size.height) || !parse(argv[5], quality)) {
    std::cerr << "usage: sample_dump SEED INDEX WIDTH HEIGHT QUALITY FILE\n";
    return 2;
  }
  const labday::Image image = labday::draw_sample(seed, index, size);
  const labday::Bytes jpeg = labday::encode_jpeg(image.view(), quality);
  std::ofstream file(argv[6], std::ios::binary);
  file.write(reinterpret_cast<const char*>(jpeg.data()), static_cast<std::streamsize>(jpeg.size()));
  return file.flush().good() ? 0 : 1;
}
