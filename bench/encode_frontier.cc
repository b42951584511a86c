// The frontier of PNG encoding: bytes and speed of every level on the renditions of real pictures.
//
//   labday_encode_frontier FOLDER [ROUNDS [LEVEL...]]
//
// Every picture of the folder is resized to 120, 140, 160, 180 and 200 % (bicubic), and each rendition
// encoded at each level in turn, ROUNDS times (3). A line a level: bytes, and megabytes of raw pixels a
// second by the best round of each rendition, one core, everything from pixels to file included.
// LABDAY_PER_FILE=1 adds a line a source and level.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "image/codec.h"
#include "image/png_writer.h"
#include "image/resample.h"

namespace {

using namespace labday;

struct Totals {
  std::uint64_t bytes = 0;
  Nanoseconds time{};
};

int fail_with(const std::string& text) {
  std::fprintf(stderr, "%s\n", text.c_str());
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return fail_with("usage: labday_encode_frontier FOLDER [ROUNDS [LEVEL...]]");
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 3;
  std::vector<PngLevel> levels;
  for (int i = 3; i < argc; ++i) {
    const auto level = png_level_from_name(argv[i]);
    if (!level) return fail_with(std::string("no level of that name: ") + argv[i]);
    levels.push_back(*level);
  }
  if (levels.empty()) {
    for (const std::string_view level : kPngLevelNames) levels.push_back(*png_level_from_name(level));
  }
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(argv[1])) files.push_back(entry.path());
  std::sort(files.begin(), files.end());

  std::map<PngLevel, Totals> totals;
  std::uint64_t raw = 0;
  for (const auto& path : files) {
    std::ifstream stream(path, std::ios::binary);
    const std::string content((std::istreambuf_iterator<char>(stream)), {});
    const auto source = decode({reinterpret_cast<const std::uint8_t*>(content.data()), content.size()}, {});
    if (!source) return fail_with(path.string() + ": " + source.error().detail);
    const ImageView pixels = source->image.view();
    std::map<PngLevel, std::uint64_t> own;
    std::uint64_t own_raw = 0;
    for (const int percent : {120, 140, 160, 180, 200}) {
      const Size target{pixels.size.width * percent / 100, pixels.size.height * percent / 100};
      const Image rendition = resize(pixels, target, Filter::bicubic);
      own_raw += rendition.byte_count();
      std::map<PngLevel, Nanoseconds> best;
      for (int round = 0; round < rounds; ++round) {
        for (const PngLevel level : levels) {
          const auto start = thread_cpu_time();
          const std::size_t bytes = encode_png(rendition.view(), level).size();
          const Nanoseconds time = thread_cpu_time() - start;
          if (round == 0) own[level] += bytes;
          if (round == 0 || time < best[level]) best[level] = time;
        }
      }
      for (const auto& [level, time] : best) totals[level].time += time;
    }
    raw += own_raw;
    for (const auto& [level, bytes] : own) {
      totals[level].bytes += bytes;
      if (std::getenv("LABDAY_PER_FILE") != nullptr) {
        std::printf("%-36s %-9s %10llu bytes, %.4f of raw\n", path.filename().c_str(), name(level).data(),
                    static_cast<unsigned long long>(bytes),
                    static_cast<double>(bytes) / static_cast<double>(own_raw));
      }
    }
  }
  for (const auto& [level, total] : totals) {
    std::printf("%-9s %12llu bytes %8.1f MB/s\n", name(level).data(),
                static_cast<unsigned long long>(total.bytes),
                static_cast<double>(raw) / 1e6 / to_seconds(total.time));
  }
  return 0;
}
