// Encodes raw pixels by labday's PNG writer, for the tests that compare with Pillow:
//   png_dump WIDTH HEIGHT CHANNELS LEVEL < pixels > file.png
#include <cstdlib>
#include <iostream>
#include <optional>

#include "image/png_writer.h"

int main(int argc, char** argv) {
  using namespace labday;
  if (argc < 5) return 2;
  const Size size{std::atoi(argv[1]), std::atoi(argv[2])};
  const auto format = static_cast<PixelFormat>(std::atoi(argv[3]));
  const std::optional<PngLevel> level = png_level_from_name(argv[4]);
  if (size.width < 1 || size.height < 1 || channels(format) < 1 || channels(format) > 4 || !level) return 2;

  Image image(size, format);
  std::cin.read(reinterpret_cast<char*>(image.data()), static_cast<std::streamsize>(image.byte_count()));
  if (static_cast<std::size_t>(std::cin.gcount()) != image.byte_count()) return 2;

  const Bytes file = encode_png(image.view(), *level);
  std::cout.write(reinterpret_cast<const char*>(file.data()), static_cast<std::streamsize>(file.size()));
  return std::cout.flush() ? 0 : 1;
}
