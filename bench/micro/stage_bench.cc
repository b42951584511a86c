// The other stages, each on one core: decoding, resizing by filter and size, and the checksums of a file. The
// source is one of labday's own samples, or the first photo of the corpus where LABDAY_CORPUS names one.
#include <benchmark/benchmark.h>
#include <libdeflate.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <vector>

#include "image/codec.h"
#include "image/resample.h"
#include "image/samples.h"

namespace labday {
namespace {

Bytes read_source() {
  const char* corpus = std::getenv("LABDAY_CORPUS");
  if (corpus == nullptr) return encode_jpeg(draw_sample(1, 0, {1600, 1200}).view(), 90);
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(corpus) / "photos")) {
    files.push_back(entry.path());
  }
  if (files.empty()) throw std::runtime_error("there are no photos in LABDAY_CORPUS");
  std::ifstream stream(*std::min_element(files.begin(), files.end()), std::ios::binary);
  const std::vector<char> content((std::istreambuf_iterator<char>(stream)), {});
  return Bytes(content.begin(), content.end());
}

const Bytes& source() {
  static const Bytes bytes = read_source();
  return bytes;
}

const Image& pixels() {
  static const Image image = [] {
    auto decoded = decode(source(), {});
    if (!decoded) throw std::runtime_error(decoded.error().detail);
    return std::move(decoded->image);
  }();
  return image;
}

// Of so many bytes, 3 a pixel: RGB.
void set_rates(benchmark::State& state, std::int64_t bytes) {
  state.SetBytesProcessed(state.iterations() * bytes);
  state.counters["per_pixel"] =
      benchmark::Counter(static_cast<double>(bytes) / 3,
                         benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
void set_rates(benchmark::State& state, Size size) { set_rates(state, size.pixels() * 3); }

void decode_source(benchmark::State& state) {
  const Size size = pixels().size();
  for ([[maybe_unused]] auto _ : state) benchmark::DoNotOptimize(decode(source(), {}));
  set_rates(state, size);
}
BENCHMARK(decode_source)->Unit(benchmark::kMillisecond);

// Strips of 16 rows, as an encoder takes them; the rates are those of the result.
void resize_strips(benchmark::State& state) {
  const auto filter = static_cast<Filter>(state.range(0));
  const auto percent = static_cast<std::int32_t>(state.range(1));
  const ImageView view = pixels().view();
  const Size target{view.size.width * percent / 100, view.size.height * percent / 100};
  constexpr std::int32_t kRows = 16;
  Bytes strip(static_cast<std::size_t>(target.width) * 3 * kRows);
  for ([[maybe_unused]] auto _ : state) {
    Resampler resampler(view, target, filter);
    for (std::int32_t y = 0; y < target.height; y += kRows) {
      resampler.rows(y, std::min(target.height, y + kRows), strip.data());
      benchmark::ClobberMemory();
    }
  }
  state.SetLabel(std::string(name(filter)) + " to " + std::to_string(percent) + " %");
  set_rates(state, target);
}
BENCHMARK(resize_strips)
    ->ArgsProduct({benchmark::CreateDenseRange(0, static_cast<std::int64_t>(kFilterNames.size()) - 1, 1),
                   {25, 50, 120, 160, 200}})
    ->Unit(benchmark::kMillisecond);

template <std::uint32_t (*kSum)(std::uint32_t, const void*, std::size_t)>
void checksum(benchmark::State& state) {
  const ImageView view = pixels().view();
  const std::size_t size = std::min<std::size_t>(pixels().byte_count(), std::size_t{128} << 10);
  for ([[maybe_unused]] auto _ : state) benchmark::DoNotOptimize(kSum(1, view.data, size));
  set_rates(state, static_cast<std::int64_t>(size));
}
BENCHMARK(checksum<libdeflate_adler32>);
BENCHMARK(checksum<libdeflate_crc32>);

}  // namespace
}  // namespace labday
