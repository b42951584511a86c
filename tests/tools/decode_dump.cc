// Hands what labday decodes to tests in other languages, which compare it with their own idea of the pixels.
//
// For each path, given as arguments or NUL-separated on the standard input, one header line comes out:
//   ok FORMAT WIDTH HEIGHT ORIENTATION PROFILE_BYTES WARNINGS    then the pixels and the profile, raw
//   error CODE DETAIL
// With --upright first, the orientation is applied to the pixels.
#include <fmt/format.h>

#include <array>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "image/codec.h"
#include "image/orient.h"

namespace {

constexpr std::array<const char*, 5> kFormats{"", "L", "LA", "RGB", "RGBA"};

labday::Bytes read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return labday::Bytes(std::istreambuf_iterator<char>(file), {});
}

void write(const std::uint8_t* bytes, std::size_t count) {
  std::cout.write(reinterpret_cast<const char*>(bytes), static_cast<std::streamsize>(count));
}

void dump(const std::string& path, bool upright) {
  labday::Result<labday::Decoded> decoded = labday::decode(read_file(path), labday::DecodeLimits());
  if (!decoded) {
    std::cout << "error " << labday::name(decoded.error().code) << ' ' << decoded.error().detail << '\n';
    return;
  }
  labday::Image image = std::move(decoded->image);
  if (upright) image = labday::apply_orientation(std::move(image), decoded->orientation);
  std::cout << fmt::format("ok {} {} {} {} {} {}\n", kFormats.at(static_cast<std::size_t>(image.format())),
                           image.size().width, image.size().height, static_cast<int>(decoded->orientation),
                           decoded->icc_profile.size(), decoded->warnings);
  write(image.data(), image.byte_count());
  write(decoded->icc_profile.data(), decoded->icc_profile.size());
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> paths(argv + 1, argv + argc);
  const bool upright = !paths.empty() && paths.front() == "--upright";
  if (upright) paths.erase(paths.begin());
  if (paths.empty()) {
    for (std::string path; std::getline(std::cin, path, '\0');) paths.push_back(path);
  }
  for (const std::string& path : paths) dump(path, upright);
}
