// Every operation here is one that Pillow does, in its order and precision: a weight that differs in its last
// bit can move a pixel by one.
#include "image/resample_weights.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numbers>

namespace labday {
namespace {

double box(double x) { return x > -0.5 && x <= 0.5 ? 1.0 : 0.0; }

double bilinear(double x) {
  x = std::abs(x);
  return x < 1.0 ? 1.0 - x : 0.0;
}

double hamming(double x) {
  x = std::abs(x);
  if (x == 0.0) return 1.0;
  if (x >= 1.0) return 0.0;
  x = x * std::numbers::pi;
  // Pillow's two constants are floats.
  return std::sin(x) / x * (static_cast<double>(0.54F) + static_cast<double>(0.46F) * std::cos(x));
}

double bicubic(double x) {
  constexpr double a = -0.5;
  x = std::abs(x);
  if (x < 1.0) return ((a + 2.0) * x - (a + 3.0)) * x * x + 1;
  if (x < 2.0) return (((x - 5) * x + 8) * x - 4) * a;
  return 0.0;
}

double sinc(double x) {
  if (x == 0.0) return 1.0;
  x = x * std::numbers::pi;
  return std::sin(x) / x;
}

double lanczos(double x) { return -3.0 <= x && x < 3.0 ? sinc(x) * sinc(x / 3) : 0.0; }

struct Kernel {
  double (*weight)(double);
  double support;
};

Kernel kernel(Filter filter) {
  switch (filter) {
    case Filter::box:
      return {box, 0.5};
    case Filter::bilinear:
      return {bilinear, 1.0};
    case Filter::hamming:
      return {hamming, 1.0};
    case Filter::lanczos:
      return {lanczos, 3.0};
    case Filter::bicubic:
    case Filter::nearest:
      break;
  }
  assert(filter == Filter::bicubic);
  return {bicubic, 2.0};
}

/// Towards zero. 64 bits, since a centre plus its support may exceed 2^31.
std::int64_t truncated(double x) { return static_cast<std::int64_t>(x); }

std::int32_t to_fixed(double w) {
  constexpr double one = 1 << kWeightFractionBits;
  return static_cast<std::int32_t>(w < 0 ? w * one - 0.5 : w * one + 0.5);
}

/// Puts `k` into half `tap` (0 or 1) of the pair.
void set_weight(TapPair& pair, int tap, std::int32_t k) {
  constexpr std::int32_t step = 1 << kWeightLowBits;
  const std::int32_t high = (k + step / 2) >> kWeightLowBits;
  const std::int32_t low = k - high * step;
  assert(high == static_cast<std::int16_t>(high));  // holds for |w| < 1.99; no filter exceeds 1.3
  const auto half = [tap](std::int32_t v) {
    return static_cast<std::int32_t>(static_cast<std::uint32_t>(static_cast<std::uint16_t>(v)) << (16 * tap));
  };
  pair.high |= half(high);
  pair.low |= half(low);
}

}  // namespace

Weights::Weights(std::int32_t in, std::int32_t out, Filter filter) : spans_(static_cast<std::size_t>(out)) {
  const Kernel k = kernel(filter);
  const double scale = static_cast<double>(in) / out;
  const double filter_scale = std::max(scale, 1.0);
  const double support = k.support * filter_scale;
  const double inverse = 1.0 / filter_scale;
  const auto centre = [scale](std::int32_t i) { return (i + 0.5) * scale; };

  for (std::int32_t i = 0; i < out; ++i) {
    const double c = centre(i);
    const std::int64_t first = std::max<std::int64_t>(0, truncated(c - support + 0.5));
    const std::int64_t last = std::min<std::int64_t>(in, truncated(c + support + 0.5));
    TapSpan& span = spans_[static_cast<std::size_t>(i)];
    span = {static_cast<std::int32_t>(first), static_cast<std::int32_t>(last - first)};
    max_count_ = std::max(max_count_, span.count);
  }

  pairs_each_ = (static_cast<std::size_t>(max_count_) + 1) / 2;
  pairs_.resize(pairs_each_ * static_cast<std::size_t>(out));
  std::vector<double> w(static_cast<std::size_t>(max_count_));
  TapPair* pairs = pairs_.data();
  for (std::int32_t i = 0; i < out; ++i, pairs += pairs_each_) {
    const TapSpan taps = span(i);
    const auto count = static_cast<std::size_t>(taps.count);
    const double c = centre(i);
    double sum = 0.0;
    for (std::size_t j = 0; j < count; ++j) {
      w[j] = k.weight((static_cast<double>(taps.first + static_cast<std::int64_t>(j)) - c + 0.5) * inverse);
      sum += w[j];
    }
    for (std::size_t j = 0; j < count; ++j) {
      const double normalised = sum != 0.0 ? w[j] / sum : w[j];
      set_weight(pairs[j / 2], static_cast<int>(j % 2), to_fixed(normalised));
    }
  }
}

}  // namespace labday
