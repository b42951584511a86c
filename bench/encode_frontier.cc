// The frontier of PNG encoding: bytes and speed of every level on the renditions of real pictures.
//
//   labday_encode_frontier FOLDER [ROUNDS [LEVEL...]]
//
// Every picture of the folder is resized to 120, 140, 160, 180 and 200 % (bicubic), and each rendition
// encoded at each level in turn, ROUNDS times (3). A line a level: bytes, and megabytes of raw pixels a
// second by the best round of each rendition, one core, everything from pixels to file included.
// LABDAY_PER_FILE=1 adds a line a source and level.
//
// For comparison, and to know how fast the machine is: `libdeflate-1` and `libdeflate-5`, which may be given
// as levels too, are that library over the whole rendition, filtered row by row by the least sum of
// magnitudes. Their filtering and the file around the data are not timed.
#include <libdeflate.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "image/codec.h"
#include "image/png_filter.h"
#include "image/png_writer.h"
#include "image/resample.h"

namespace {

using namespace labday;

/// A way to encode; `lines` are those of PNG, filtered.
struct Encoder {
  std::string name;
  bool wants_lines;
  std::function<std::size_t(const ImageView& pixels, const std::vector<std::uint8_t>& lines)> bytes;
};

struct Totals {
  std::uint64_t bytes = 0;
  Nanoseconds time{};
};

int fail_with(const std::string& text) {
  std::fprintf(stderr, "%s\n", text.c_str());
  return 2;
}

std::uint64_t sum_of_magnitudes(std::span<const std::uint8_t> bytes) {
  std::uint64_t sum = 0;
  for (const std::uint8_t byte : bytes)
    sum += static_cast<std::uint64_t>(std::min(byte, static_cast<std::uint8_t>(-byte)));
  return sum;
}

std::vector<std::uint8_t> least_sum_lines(const ImageView& pixels) {
  const std::vector<std::uint8_t> nothing(pixels.row_bytes());
  std::vector<std::uint8_t> lines;
  std::vector<std::uint8_t> line(1 + pixels.row_bytes());
  for (std::int32_t y = 0; y < pixels.size.height; ++y) {
    const PngRow row{pixels.row(y), y == 0 ? nothing.data() : pixels.row(y - 1), pixels.row_bytes(),
                     static_cast<std::size_t>(channels(pixels.format))};
    std::vector<std::uint8_t> best;
    std::uint64_t least = UINT64_MAX;
    for (std::size_t f = 0; f < kPngFilterCount; ++f) {
      line[0] = static_cast<std::uint8_t>(f);
      filter_png_row(static_cast<PngFilter>(f), row, 0, row.bytes, line.data() + 1);
      const std::uint64_t sum = sum_of_magnitudes({line.data() + 1, row.bytes});
      if (sum < least) {
        least = sum;
        best = line;
      }
    }
    lines.insert(lines.end(), best.begin(), best.end());
  }
  return lines;
}

std::vector<Encoder> all_encoders() {
  std::vector<Encoder> encoders;
  for (const std::string_view level : kPngLevelNames) {
    encoders.push_back({std::string(level), false,
                        [level = *png_level_from_name(level)](const ImageView& pixels, const auto&) {
                          return encode_png(pixels, level).size();
                        }});
  }
  for (const int level : {1, 5}) {
    const std::shared_ptr<libdeflate_compressor> compressor(libdeflate_alloc_compressor(level),
                                                            libdeflate_free_compressor);
    auto encode = [compressor, out = std::vector<std::uint8_t>()](const ImageView&,
                                                                  const auto& lines) mutable {
      out.resize(libdeflate_zlib_compress_bound(compressor.get(), lines.size()));
      return libdeflate_zlib_compress(compressor.get(), lines.data(), lines.size(), out.data(), out.size());
    };
    encoders.push_back({"libdeflate-" + std::to_string(level), true, std::move(encode)});
  }
  return encoders;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return fail_with("usage: labday_encode_frontier FOLDER [ROUNDS [LEVEL...]]");
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 3;
  std::vector<Encoder> encoders = all_encoders();
  if (argc > 3) {
    const std::vector<std::string> wanted(argv + 3, argv + argc);
    for (const std::string& level : wanted) {
      if (std::ranges::find(encoders, level, &Encoder::name) == encoders.end())
        return fail_with("no level of that name: " + level);
    }
    std::erase_if(encoders, [&](const Encoder& encoder) {
      return std::ranges::find(wanted, encoder.name) == wanted.end();
    });
  }
  const bool any_lines = std::ranges::any_of(encoders, &Encoder::wants_lines);
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(argv[1])) files.push_back(entry.path());
  std::sort(files.begin(), files.end());

  std::vector<Totals> totals(encoders.size());
  std::uint64_t raw = 0;
  for (const auto& path : files) {
    std::ifstream stream(path, std::ios::binary);
    const std::string content((std::istreambuf_iterator<char>(stream)), {});
    const auto source = decode({reinterpret_cast<const std::uint8_t*>(content.data()), content.size()}, {});
    if (!source) return fail_with(path.string() + ": " + source.error().detail);
    const ImageView pixels = source->image.view();
    std::vector<std::uint64_t> own(encoders.size());
    std::uint64_t own_raw = 0;
    for (const int percent : {120, 140, 160, 180, 200}) {
      const Size target{pixels.size.width * percent / 100, pixels.size.height * percent / 100};
      const Image rendition = resize(pixels, target, Filter::bicubic);
      const auto lines = any_lines ? least_sum_lines(rendition.view()) : std::vector<std::uint8_t>();
      own_raw += rendition.byte_count();
      std::vector<Nanoseconds> best(encoders.size());
      for (int round = 0; round < rounds; ++round) {
        for (std::size_t e = 0; e < encoders.size(); ++e) {
          const auto start = thread_cpu_time();
          const std::size_t bytes = encoders[e].bytes(rendition.view(), lines);
          const Nanoseconds time = thread_cpu_time() - start;
          if (round == 0) own[e] += bytes;
          if (round == 0 || time < best[e]) best[e] = time;
        }
      }
      for (std::size_t e = 0; e < encoders.size(); ++e) totals[e].time += best[e];
    }
    raw += own_raw;
    for (std::size_t e = 0; e < encoders.size(); ++e) {
      totals[e].bytes += own[e];
      if (std::getenv("LABDAY_PER_FILE") != nullptr) {
        std::printf("%-36s %-12s %10llu bytes, %.4f of raw\n", path.filename().c_str(),
                    encoders[e].name.c_str(), static_cast<unsigned long long>(own[e]),
                    static_cast<double>(own[e]) / static_cast<double>(own_raw));
      }
    }
  }
  for (std::size_t e = 0; e < encoders.size(); ++e) {
    std::printf("%-12s %12llu bytes %8.1f MB/s\n", encoders[e].name.c_str(),
                static_cast<unsigned long long>(totals[e].bytes),
                static_cast<double>(raw) / 1e6 / to_seconds(totals[e].time));
  }
  return 0;
}
