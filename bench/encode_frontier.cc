// The frontier of PNG encoding: bytes and speed of every level on the renditions of real pictures.
//
//   labday_encode_frontier FOLDER|FILE [ROUNDS [LEVEL...]]
//
// Every picture is resized to 120, 140, 160, 180 and 200 % (bicubic), and each rendition encoded at each
// level in turn, ROUNDS times (3), once more before that without being timed. A line a level: bytes of the
// files and of raw pixels, the seconds of a round of all renditions (median) and its fastest and slowest, and
// megabytes of raw pixels a second by the median. One core, CPU time, everything from pixels to file
// included. LABDAY_PER_FILE=1 adds lines a source and level, before. frontier.sh adds Pillow to it.
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
#include <utility>
#include <vector>

#include "base/clock.h"
#include "image/codec.h"
#include "image/png_filter.h"
#include "image/png_writer.h"
#include "image/resample.h"

namespace {

using namespace labday;

/// What is encoded; `lines` are those of PNG, filtered, where an encoder wants them.
struct Rendition {
  ImageView pixels;
  ByteView icc_profile;
  std::vector<std::uint8_t> lines;
};

/// A way to encode; returns how many bytes it took.
struct Encoder {
  std::string name;
  bool wants_lines;
  std::function<std::size_t(const Rendition& rendition)> encode;
};

struct Totals {
  explicit Totals(std::size_t rounds) : times(rounds) {}
  std::uint64_t bytes = 0;
  std::vector<Nanoseconds> times;  // of each round
};

[[noreturn]] void fail_with(const std::string& text) {
  std::fprintf(stderr, "%s\n", text.c_str());
  std::exit(2);
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
    encoders.push_back(
        {std::string(level), false, [level = *png_level_from_name(level)](const Rendition& rendition) {
           return encode_png(rendition.pixels, level, rendition.icc_profile).size();
         }});
  }
  for (const int level : {1, 5}) {
    const std::shared_ptr<libdeflate_compressor> compressor(libdeflate_alloc_compressor(level),
                                                            libdeflate_free_compressor);
    auto encode = [compressor, out = std::vector<std::uint8_t>()](const Rendition& rendition) mutable {
      const auto& lines = rendition.lines;
      out.resize(libdeflate_zlib_compress_bound(compressor.get(), lines.size()));
      return libdeflate_zlib_compress(compressor.get(), lines.data(), lines.size(), out.data(), out.size());
    };
    encoders.push_back({"libdeflate-" + std::to_string(level), true, std::move(encode)});
  }
  return encoders;
}

std::vector<Encoder> encoders_of(const std::vector<std::string>& wanted) {
  std::vector<Encoder> encoders = all_encoders();
  if (wanted.empty()) return encoders;
  for (const std::string& level : wanted) {
    if (std::ranges::find(encoders, level, &Encoder::name) == encoders.end())
      fail_with("no level of that name: " + level);
  }
  std::erase_if(encoders, [&](const Encoder& encoder) {
    return std::ranges::find(wanted, encoder.name) == wanted.end();
  });
  return encoders;
}

std::vector<std::filesystem::path> sources_of(const std::filesystem::path& path) {
  if (!std::filesystem::is_directory(path)) return {path};
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(path)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

Decoded decoded(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  const std::string content((std::istreambuf_iterator<char>(stream)), {});
  auto source = decode({reinterpret_cast<const std::uint8_t*>(content.data()), content.size()}, {});
  if (!source) fail_with(path.string() + ": " + source.error().detail);
  return std::move(*source);
}

/// Every encoder in turn; the first turn warms the caches and counts the bytes.
void encode_in_turn(const Rendition& rendition, const std::vector<Encoder>& encoders,
                    std::vector<Totals>& totals) {
  for (std::size_t e = 0; e < encoders.size(); ++e) totals[e].bytes += encoders[e].encode(rendition);
  for (std::size_t round = 0; round < totals[0].times.size(); ++round) {
    for (std::size_t e = 0; e < encoders.size(); ++e) {
      const auto start = thread_cpu_time();
      encoders[e].encode(rendition);
      totals[e].times[round] += thread_cpu_time() - start;
    }
  }
}

/// Returns the bytes of raw pixels.
std::uint64_t encode_renditions(const Decoded& source, const std::vector<Encoder>& encoders,
                                std::vector<Totals>& totals) {
  const ImageView pixels = source.image.view();
  const bool any_lines = std::ranges::any_of(encoders, &Encoder::wants_lines);
  std::uint64_t raw = 0;
  for (const int percent : {120, 140, 160, 180, 200}) {
    const Size target{std::max(1, pixels.size.width * percent / 100),
                      std::max(1, pixels.size.height * percent / 100)};
    const Image image = resize(pixels, target, Filter::bicubic);
    Rendition rendition{image.view(), source.icc_profile, {}};
    if (any_lines) rendition.lines = least_sum_lines(rendition.pixels);
    encode_in_turn(rendition, encoders, totals);
    raw += image.byte_count();
  }
  return raw;
}

void print_per_file(const std::filesystem::path& path, const std::vector<Encoder>& encoders,
                    const std::vector<Totals>& own, std::uint64_t raw) {
  for (std::size_t e = 0; e < encoders.size(); ++e) {
    std::printf("%-36s %-12s %10llu bytes, %.4f of raw\n", path.filename().c_str(), encoders[e].name.c_str(),
                static_cast<unsigned long long>(own[e].bytes),
                static_cast<double>(own[e].bytes) / static_cast<double>(raw));
  }
}

void add(const std::vector<Totals>& own, std::vector<Totals>& totals) {
  for (std::size_t e = 0; e < totals.size(); ++e) {
    totals[e].bytes += own[e].bytes;
    for (std::size_t round = 0; round < own[e].times.size(); ++round)
      totals[e].times[round] += own[e].times[round];
  }
}

double median(const std::vector<Nanoseconds>& sorted) {
  const std::size_t middle = sorted.size() / 2;
  if (sorted.size() % 2 == 1) return to_seconds(sorted[middle]);
  return (to_seconds(sorted[middle - 1]) + to_seconds(sorted[middle])) / 2;
}

void print(const std::vector<Encoder>& encoders, std::vector<Totals>& totals, std::uint64_t raw) {
  std::printf("%-12s %12s %12s %10s %10s %10s %8s\n", "encoder", "bytes", "raw", "seconds", "fastest",
              "slowest", "MB/s");
  for (std::size_t e = 0; e < encoders.size(); ++e) {
    auto& times = totals[e].times;
    std::sort(times.begin(), times.end());
    std::printf("%-12s %12llu %12llu %10.6f %10.6f %10.6f %8.1f\n", encoders[e].name.c_str(),
                static_cast<unsigned long long>(totals[e].bytes), static_cast<unsigned long long>(raw),
                median(times), to_seconds(times.front()), to_seconds(times.back()),
                static_cast<double>(raw) / 1e6 / median(times));
  }
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 3;
  if (argc < 2 || rounds < 1)
    fail_with("usage: labday_encode_frontier FOLDER|FILE [ROUNDS [LEVEL...]], ROUNDS at least 1");
  const std::vector<Encoder> encoders = encoders_of({argv + std::min(argc, 3), argv + argc});
  const std::vector<Totals> nothing(encoders.size(), Totals(static_cast<std::size_t>(rounds)));

  std::vector<Totals> totals = nothing;
  std::uint64_t raw = 0;
  for (const auto& path : sources_of(argv[1])) {
    std::vector<Totals> own = nothing;
    const std::uint64_t own_raw = encode_renditions(decoded(path), encoders, own);
    if (std::getenv("LABDAY_PER_FILE") != nullptr) print_per_file(path, encoders, own, own_raw);
    add(own, totals);
    raw += own_raw;
  }
  print(encoders, totals, raw);
  return 0;
}
