// Follows Pillow 9.4: src/PIL/Image.py (resize), src/libImaging/Resample.c, Geometry.c (ImagingScaleAffine)
// and Convert.c (rgbA2rgba, rgba2rgbA).
#include "image/reference_resample.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <vector>

namespace labday::testing {
namespace {

constexpr double kPi = 3.14159265358979323846;

double sinc(double x) { return x == 0.0 ? 1.0 : std::sin(x * kPi) / (x * kPi); }

double filter_value(Filter filter, double x) {
  const double ax = std::fabs(x);
  switch (filter) {
    case Filter::nearest:
      break;
    case Filter::box:
      return x > -0.5 && x <= 0.5 ? 1.0 : 0.0;
    case Filter::bilinear:
      return ax < 1.0 ? 1.0 - ax : 0.0;
    case Filter::hamming:
      if (ax == 0.0) return 1.0;
      return ax >= 1.0 ? 0.0 : sinc(ax) * (double{0.54F} + double{0.46F} * std::cos(ax * kPi));
    case Filter::bicubic:
      if (ax < 1.0) return (1.5 * ax - 2.5) * ax * ax + 1.0;
      if (ax < 2.0) return (((ax - 5.0) * ax + 8.0) * ax - 4.0) * -0.5;
      return 0.0;
    case Filter::lanczos:
      return x >= -3.0 && x < 3.0 ? sinc(x) * sinc(x / 3.0) : 0.0;
  }
  return 0.0;
}

double filter_support(Filter filter) {
  constexpr double kSupport[] = {0.0, 0.5, 1.0, 1.0, 2.0, 3.0};
  return kSupport[static_cast<int>(filter)];
}

int truncated(double x) { return static_cast<int>(x); }

/// Resizes `lines` independent lines of `in` samples to `out` samples; get and put are called with (line,
/// sample).
void resample_lines(int lines, int in, int out, Filter filter,
                    const std::function<std::uint8_t(int, int)>& get,
                    const std::function<void(int, int, std::uint8_t)>& put) {
  const double scale = static_cast<double>(in) / out;
  const double filter_scale = scale < 1.0 ? 1.0 : scale;
  const double support = filter_support(filter) * filter_scale;
  for (int i = 0; i < out; ++i) {
    const double centre = (i + 0.5) * scale;
    const int first = std::max(0, truncated(centre - support + 0.5));
    const int last = std::min(in, truncated(centre + support + 0.5));
    std::vector<double> weights;
    double sum = 0.0;
    for (int j = 0; j < last - first; ++j) {
      weights.push_back(filter_value(filter, (j + first - centre + 0.5) * (1.0 / filter_scale)));
      sum += weights.back();
    }
    std::vector<std::int64_t> fixed;
    for (double w : weights) {
      if (sum != 0.0) w /= sum;
      fixed.push_back(static_cast<std::int64_t>(w * 4194304.0 + (w < 0 ? -0.5 : 0.5)));
    }
    for (int line = 0; line < lines; ++line) {
      std::int64_t total = std::int64_t{1} << 21;
      for (int j = 0; j < last - first; ++j)
        total += fixed[static_cast<std::size_t>(j)] * get(line, first + j);
      // Pillow adds up in 32 bits.
      const auto wrapped = static_cast<std::int32_t>(static_cast<std::uint32_t>(total));
      put(line, i, static_cast<std::uint8_t>(std::clamp(wrapped >> 22, 0, 255)));
    }
  }
}

Image copy_of(ImageView view) {
  Image copy(view.size, view.format);
  std::memcpy(copy.data(), view.data, copy.byte_count());
  return copy;
}

void for_each_colour(Image& image, const std::function<int(int value, int alpha)>& change) {
  const int n = channels(image.format());
  for (std::int64_t p = 0; p < image.size().pixels(); ++p) {
    std::uint8_t* pixel = image.data() + p * n;
    for (int c = 0; c < n - 1; ++c) pixel[c] = static_cast<std::uint8_t>(change(pixel[c], pixel[n - 1]));
  }
}

std::vector<int> nearest_positions(int in, int out) {
  std::vector<int> positions;
  const double step = static_cast<double>(in) / out;
  double at = 0.5 * step;
  for (int i = 0; i < out; ++i, at += step) positions.push_back(static_cast<int>(at));
  return positions;
}

Image reference_nearest(ImageView source, Size target) {
  Image result(target, source.format);
  const auto n = static_cast<std::size_t>(channels(source.format));
  const std::vector<int> xs = nearest_positions(source.size.width, target.width);
  const std::vector<int> ys = nearest_positions(source.size.height, target.height);
  std::uint8_t* to = result.data();
  for (const int y : ys) {
    for (const int x : xs) {
      std::memcpy(to, source.row(y) + static_cast<std::size_t>(x) * n, n);
      to += n;
    }
  }
  return result;
}

}  // namespace

Image reference_resize(ImageView source, Size target, Filter filter) {
  if (source.size == target) return copy_of(source);
  if (filter == Filter::nearest) return reference_nearest(source, target);
  const auto n = static_cast<std::size_t>(channels(source.format));

  Image image = copy_of(source);
  if (has_alpha(source.format)) {
    for_each_colour(image, [](int v, int a) {
      const int t = v * a + 128;
      return ((t >> 8) + t) >> 8;
    });
  }
  if (source.size.width != target.width) {
    Image wide({target.width, source.size.height}, source.format);
    for (std::size_t c = 0; c < n; ++c) {
      resample_lines(
          source.size.height, source.size.width, target.width, filter,
          [&](int y, int x) { return image.row(y)[static_cast<std::size_t>(x) * n + c]; },
          [&](int y, int x, std::uint8_t v) { wide.row(y)[static_cast<std::size_t>(x) * n + c] = v; });
    }
    image = std::move(wide);
  }
  if (source.size.height != target.height) {
    Image tall(target, source.format);
    resample_lines(
        static_cast<int>(tall.view().row_bytes()), source.size.height, target.height, filter,
        [&](int i, int y) { return image.row(y)[i]; },
        [&](int i, int y, std::uint8_t v) { tall.row(y)[i] = v; });
    image = std::move(tall);
  }
  if (has_alpha(source.format)) {
    for_each_colour(image, [](int v, int a) { return a == 0 || a == 255 ? v : std::min(255, 255 * v / a); });
  }
  return image;
}

}  // namespace labday::testing
