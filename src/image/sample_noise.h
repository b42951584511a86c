// Randomness that is the same on every machine: numbers from a seed, and the smooth noise that clouds, rock
// and grass are made of. Only integers and the exactly rounded operations of IEEE 754 (+ - * / sqrt floor),
// so no libm and no compiler can change a bit.
#pragma once

#include <cstdint>
#include <span>

namespace labday::sample {

/// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  [[nodiscard]] std::uint64_t next();
  [[nodiscard]] std::uint32_t seed() { return static_cast<std::uint32_t>(next() >> 32); }
  /// At least `low`, at most `high`.
  [[nodiscard]] float between(float low, float high);
  /// 0 to count - 1.
  [[nodiscard]] int below(int count);

 private:
  std::uint64_t state_;
};

/// Thirty-two well mixed bits for a point of a grid.
[[nodiscard]] std::uint32_t hash(std::uint32_t seed, std::int32_t x, std::int32_t y);

/// The same as a float from 0 up to, but never, 1.
[[nodiscard]] float hash_unit(std::uint32_t seed, std::int32_t x, std::int32_t y);

/// Sample points on a row: x = x0 + i·dx at one y, in units of the picture.
struct Line {
  float x0 = 0;
  float dx = 1;
  float y = 0;
};

/// Fractal noise: `octaves` layers of gradient noise (Perlin, "An image synthesizer", 1985), each with half
/// the wavelength and `gain` times the amplitude of the one before.
struct Fractal {
  std::uint32_t seed = 0;
  float wavelength = 1;  // of the first octave, in units
  int octaves = 1;
  float gain = 0.5F;
  float stretch = 1;  // vertical wavelength / horizontal wavelength
};

/// Sets out[i] to the noise at the i-th point of `line`; mean 0, most of it within ±1. Octaves shorter than
/// `finest` units, or than two samples, are left out: that is what a lens out of focus does, and it avoids
/// aliasing.
void fractal_row(const Line& line, const Fractal& fractal, float finest, std::span<float> out);

/// At one point, all octaves.
[[nodiscard]] float fractal_at(float x, float y, const Fractal& fractal);

/// 0 below `low`, 1 above `high`, smooth between (3t² - 2t³).
[[nodiscard]] inline float smooth_step(float low, float high, float x) {
  const float t = (x - low) / (high - low);
  if (t <= 0) return 0;
  if (t >= 1) return 1;
  return t * t * (3 - 2 * t);
}

}  // namespace labday::sample
