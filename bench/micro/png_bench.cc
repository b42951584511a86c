// How fast PNGs are filtered and encoded, in bytes of raw pixels a second, and how large they become. By
// default on a synthetic picture; LABDAY_BENCH_RAW=FILE with LABDAY_BENCH_SIZE=WIDTHxHEIGHT takes raw RGB
// pixels.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>
#include <stdexcept>
#include <string>

#include "image/png_filter.h"
#include "image/png_writer.h"

namespace labday {
namespace {

Image read_raw(const std::string& path) {
  const char* text = std::getenv("LABDAY_BENCH_SIZE");
  Size size;
  if (text == nullptr || std::sscanf(text, "%dx%d", &size.width, &size.height) != 2) {
    throw std::runtime_error("set LABDAY_BENCH_SIZE=WIDTHxHEIGHT");
  }
  Image image(size, PixelFormat::rgb);
  std::ifstream file(path, std::ios::binary);
  file.read(reinterpret_cast<char*>(image.data()), static_cast<std::streamsize>(image.byte_count()));
  if (!file) throw std::runtime_error("cannot read " + path);
  return image;
}

// Coarse noise, interpolated, with a little grain in half of it: smooth and detailed regions as in a
// photograph.
Image draw() {
  constexpr std::int32_t kCell = 16;
  constexpr std::int32_t kCells = 128;
  std::mt19937 random(1);
  Image coarse({kCells, kCells}, PixelFormat::rgb);
  for (std::size_t i = 0; i < coarse.byte_count(); ++i)
    coarse.data()[i] = static_cast<std::uint8_t>(random());
  Image image({(kCells - 1) * kCell, (kCells - 1) * kCell}, PixelFormat::rgb);
  std::uint8_t* out = image.data();
  for (std::int32_t y = 0; y < image.size().height; ++y) {
    for (std::int32_t x = 0; x < image.size().width; ++x) {
      for (std::int32_t c = 0; c < 3; ++c) {
        const std::uint8_t* top = coarse.row(y / kCell) + x / kCell * 3 + c;
        const std::uint8_t* bottom = top + std::ptrdiff_t{kCells} * 3;
        const std::int32_t fx = x % kCell;
        const std::int32_t fy = y % kCell;
        const std::int32_t upper = top[0] * (kCell - fx) + top[3] * fx;
        const std::int32_t lower = bottom[0] * (kCell - fx) + bottom[3] * fx;
        const std::int32_t smooth = (upper * (kCell - fy) + lower * fy) / (kCell * kCell);
        const auto grain = x / 64 % 2 == 0 ? static_cast<std::int32_t>(random() % 7) - 3 : 0;
        *out++ = static_cast<std::uint8_t>(std::clamp(smooth + grain, 0, 255));
      }
    }
  }
  return image;
}

const Image& picture() {
  const char* path = std::getenv("LABDAY_BENCH_RAW");
  static const Image image = path != nullptr ? read_raw(path) : draw();
  return image;
}

void set_rates(benchmark::State& state) {
  const auto bytes = static_cast<std::int64_t>(picture().byte_count());
  state.SetBytesProcessed(state.iterations() * bytes);
  state.counters["per_pixel"] =
      benchmark::Counter(static_cast<double>(picture().size().pixels()),
                         benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void filter(benchmark::State& state, PngFilter kind) {
  const ImageView view = picture().view();
  Bytes line(view.row_bytes());
  for ([[maybe_unused]] auto _ : state) {
    for (std::int32_t y = 1; y < view.size.height; ++y) {
      filter_png_row(kind, {view.row(y), view.row(y - 1), view.row_bytes(), 3}, 0, view.row_bytes(),
                     line.data());
      benchmark::ClobberMemory();
    }
  }
  set_rates(state);
}
BENCHMARK_CAPTURE(filter, sub, PngFilter::sub)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(filter, up, PngFilter::up)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(filter, average, PngFilter::average)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(filter, paeth, PngFilter::paeth)->Unit(benchmark::kMillisecond);

// Filter, deflate and chunks: pixels to file.
void encode(benchmark::State& state, PngLevel level) {
  std::size_t file_bytes = 0;
  for ([[maybe_unused]] auto _ : state) file_bytes = encode_png(picture().view(), level).size();
  set_rates(state);
  state.counters["of_raw"] = static_cast<double>(file_bytes) / static_cast<double>(picture().byte_count());
}
BENCHMARK_CAPTURE(encode, fastest, PngLevel::fastest)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(encode, fast, PngLevel::fast)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(encode, balanced, PngLevel::balanced)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(encode, small, PngLevel::small)->Unit(benchmark::kMillisecond);

// What a writer costs that encodes next to nothing: thumbnails by the thousand pay it.
void encode_one_pixel(benchmark::State& state) {
  const std::uint8_t pixel[3] = {1, 2, 3};
  const auto level = static_cast<PngLevel>(state.range(0));
  for ([[maybe_unused]] auto _ : state) {
    benchmark::DoNotOptimize(encode_png({pixel, {1, 1}, PixelFormat::rgb}, level));
  }
}
BENCHMARK(encode_one_pixel)->DenseRange(0, kPngLevelNames.size() - 1)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace labday
