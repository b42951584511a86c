// What each step of encoding a PNG costs: filters, their choice, deflate by level, and all of it. In bytes of
// raw pixels a second and time a pixel, with the size of what becomes of them. By default on a synthetic
// picture; LABDAY_BENCH_RAW=FILE with LABDAY_BENCH_SIZE=WIDTHxHEIGHT takes raw RGB pixels.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/clock.h"
#include "image/png_filter.h"
#include "image/png_filter_choice.h"
#include "image/png_strip_encoder.h"
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

// Of `size` pixels in RGB.
void set_rates(benchmark::State& state, Size size) {
  state.SetBytesProcessed(state.iterations() * size.pixels() * 3);
  state.counters["per_pixel"] =
      benchmark::Counter(static_cast<double>(size.pixels()),
                         benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void set_size(benchmark::State& state, std::size_t bytes) {
  state.counters["of_raw"] = static_cast<double>(bytes) / static_cast<double>(picture().byte_count());
}

PngRow row_of(const ImageView& view, std::int32_t y) {
  return {view.row(y), view.row(y - 1), view.row_bytes(), 3};
}

void filter(benchmark::State& state, PngFilter kind) {
  const ImageView view = picture().view();
  Bytes line(view.row_bytes());
  for ([[maybe_unused]] auto _ : state) {
    for (std::int32_t y = 1; y < view.size.height; ++y) {
      filter_png_row(kind, row_of(view, y), 0, view.row_bytes(), line.data());
      benchmark::ClobberMemory();
    }
  }
  set_rates(state, view.size);
}
BENCHMARK_CAPTURE(filter, sub, PngFilter::sub)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(filter, up, PngFilter::up)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(filter, average, PngFilter::average)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(filter, paeth, PngFilter::paeth)->Unit(benchmark::kMillisecond);

// The choice alone, for every row of the picture: the row is not filtered. With the costs that are assumed
// before the first block, for the time does not depend on them.
void choose_filter(benchmark::State& state, FilterSearch search) {
  const ImageView view = picture().view();
  PngFilterChoice choice;
  for ([[maybe_unused]] auto _ : state) {
    choice.begin(search);
    for (std::int32_t y = 1; y < view.size.height; ++y)
      benchmark::DoNotOptimize(choice.choose(row_of(view, y)));
  }
  set_rates(state, view.size);
}
// Two bytes more than a power of two: the first two of a sample are not counted.
constexpr FilterSearch kWholeRows{.rows = 1, .piece = 0, .distance = 0};
constexpr FilterSearch kHalfOfEachRow{.rows = 1, .piece = 258, .distance = 512};
constexpr FilterSearch kQuarterOfEverySecondRow{.rows = 2, .piece = 130, .distance = 512};
constexpr FilterSearch kEighthOfEveryEighthRow{.rows = 8, .piece = 130, .distance = 1024};
BENCHMARK_CAPTURE(choose_filter, whole_rows, kWholeRows)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(choose_filter, half_of_each_row, kHalfOfEachRow)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(choose_filter, quarter_of_every_second_row, kQuarterOfEverySecondRow)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(choose_filter, eighth_of_every_eighth_row, kEighthOfEveryEighthRow)
    ->Unit(benchmark::kMillisecond);

// The encoder filters row by row and deflates a block with the row that completes it: with such a row the
// strip's data grow. So the two are told apart from outside, and what is timed is the encoder's own deflate,
// with the level's settings and with what it remembers from block to block. Filtering the last row of a block
// counts as much as filtering the mean of the others.
struct StripTimes {
  Nanoseconds filter{};  // of rows that complete no block
  std::int64_t filter_rows = 0;
  Nanoseconds deflate{};  // of those that do, and of the strip's end
  std::int64_t deflate_rows = 0;

  [[nodiscard]] double filtering() const {
    if (filter_rows == 0) return 0;
    return to_seconds(filter) * static_cast<double>(filter_rows + deflate_rows) /
           static_cast<double>(filter_rows);
  }
  [[nodiscard]] double deflating() const { return to_seconds(filter + deflate) - filtering(); }
};

PngStripEncoder& begin_strip(const PngStrips& strips, std::int32_t number, PngStrip& out) {
  const std::int32_t first = strips.first_row(number);
  PngStripEncoder& encoder = PngStripEncoder::of_this_thread();
  encoder.begin(strips, number, first > 0 ? picture().view().row(first - 1) : nullptr, out);
  return encoder;
}

// The rows of the picture that complete a block, but for the last block of each strip.
std::vector<std::int32_t> block_ends(const PngStrips& strips) {
  std::vector<std::int32_t> ends;
  PngStrip strip;
  for (std::int32_t number = 0; number < strips.count(); ++number) {
    PngStripEncoder& encoder = begin_strip(strips, number, strip);
    for (std::int32_t y = strips.first_row(number); y < strips.first_row(number + 1); ++y) {
      const std::size_t before = strip.data.size();
      encoder.write_rows(picture().view().row(y), 1);
      if (strip.data.size() > before) ends.push_back(y);
    }
    encoder.finish();
  }
  return ends;
}

template <class Step>
Nanoseconds time_of(Step step) {
  const Nanoseconds start = thread_cpu_time();
  step();
  return thread_cpu_time() - start;
}

void encode_strip(const PngStrips& strips, std::int32_t number, std::span<const std::int32_t> block_ends,
                  PngStrip& out, StripTimes& times) {
  PngStripEncoder& encoder = begin_strip(strips, number, out);
  std::int32_t y = strips.first_row(number);
  const std::int32_t end = strips.first_row(number + 1);
  const auto filter_up_to = [&](std::int32_t last) {
    times.filter += time_of([&] { encoder.write_rows(picture().view().row(y), last - y); });
    times.filter_rows += last - y;
    y = last;
  };
  for (const std::int32_t block_end : block_ends) {
    if (block_end < y || block_end >= end) continue;
    filter_up_to(block_end);
    times.deflate += time_of([&] { encoder.write_rows(picture().view().row(y), 1); });
    ++times.deflate_rows;
    ++y;
  }
  filter_up_to(end);
  times.deflate += time_of([&] { encoder.finish(); });
}

// Every strip of the picture; what counts is `part` of its time.
void time_strips(benchmark::State& state, PngLevel level, double (StripTimes::*part)() const) {
  const PngStrips strips(picture().size(), picture().format(), level);
  const std::vector<std::int32_t> ends = block_ends(strips);
  PngStrip strip;
  std::size_t bytes = 0;
  for ([[maybe_unused]] auto _ : state) {
    StripTimes times;
    bytes = 0;
    for (std::int32_t number = 0; number < strips.count(); ++number) {
      encode_strip(strips, number, ends, strip, times);
      bytes += strip.data.size();
    }
    state.SetIterationTime((times.*part)());
  }
  set_rates(state, picture().size());
  set_size(state, bytes);
}

// Filters chosen as the level chooses them, and applied.
void filter_rows(benchmark::State& state, PngLevel level) {
  time_strips(state, level, &StripTimes::filtering);
}
BENCHMARK_CAPTURE(filter_rows, fastest, PngLevel::fastest)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(filter_rows, fast, PngLevel::fast)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(filter_rows, balanced, PngLevel::balanced)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(filter_rows, small, PngLevel::small)->UseManualTime()->Unit(benchmark::kMillisecond);

// Filtered lines to a deflate stream: runs, matches, Huffman codes, bits and the Adler-32.
void deflate(benchmark::State& state, PngLevel level) { time_strips(state, level, &StripTimes::deflating); }
BENCHMARK_CAPTURE(deflate, fastest, PngLevel::fastest)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(deflate, fast, PngLevel::fast)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(deflate, balanced, PngLevel::balanced)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(deflate, small, PngLevel::small)->UseManualTime()->Unit(benchmark::kMillisecond);

// Filter, deflate and chunks: pixels to file.
void encode(benchmark::State& state, PngLevel level) {
  std::size_t file_bytes = 0;
  for ([[maybe_unused]] auto _ : state) file_bytes = encode_png(picture().view(), level).size();
  set_rates(state, picture().size());
  set_size(state, file_bytes);
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
  state.SetLabel(std::string(name(level)));
  set_rates(state, {1, 1});
}
BENCHMARK(encode_one_pixel)->DenseRange(0, kPngLevelNames.size() - 1)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace labday
