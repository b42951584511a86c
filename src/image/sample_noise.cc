#include "image/sample_noise.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace labday::sample {
namespace {

struct Gradient {
  float x;
  float y;
};

/// Both components from -1 to 1. The gradients fill a square instead of a circle: cheaper, and no eye sees
/// it.
Gradient gradient(std::uint32_t seed, std::int32_t x, std::int32_t y) {
  const std::uint32_t bits = hash(seed, x, y);
  constexpr float kScale = 1.0F / 32768.0F;
  return {static_cast<float>(static_cast<std::int32_t>(bits & 0xFFFFU) - 32768) * kScale,
          static_cast<float>(static_cast<std::int32_t>(bits >> 16) - 32768) * kScale};
}

float fade(float t) { return t * t * t * (t * (t * 6 - 15) + 10); }

/// Adds one octave. On a row the noise of a cell is a blend of two straight lines, one from each side: their
/// coefficients are worked out once a cell, which leaves little to do a pixel.
void add_octave(const Line& line, std::uint32_t seed, float amplitude, std::span<float> out) {
  const float floor_y = std::floor(line.y);
  const auto cell_y = static_cast<std::int32_t>(floor_y);
  const float ty = line.y - floor_y;
  const float v = fade(ty);
  std::size_t i = 0;
  while (i < out.size()) {
    const float floor_x = std::floor(line.x0 + static_cast<float>(i) * line.dx);
    const auto cell_x = static_cast<std::int32_t>(floor_x);
    const Gradient a = gradient(seed, cell_x, cell_y);
    const Gradient b = gradient(seed, cell_x + 1, cell_y);
    const Gradient c = gradient(seed, cell_x, cell_y + 1);
    const Gradient d = gradient(seed, cell_x + 1, cell_y + 1);
    const float left_slope = amplitude * (a.x + v * (c.x - a.x));
    const float left = amplitude * (a.y * ty + v * (c.y * (ty - 1) - a.y * ty));
    const float right_slope = amplitude * (b.x + v * (d.x - b.x));
    const float right = amplitude * (b.y * ty + v * (d.y * (ty - 1) - b.y * ty));

    // The last sample may be one too many by rounding; the formula is continuous there.
    const float samples = (floor_x + 1 - line.x0) / line.dx;
    const std::size_t end = samples < static_cast<float>(out.size())
                                ? std::max(i + 1, static_cast<std::size_t>(samples) + 1)
                                : out.size();
    for (const std::size_t stop = std::min(end, out.size()); i < stop; ++i) {
      const float t = line.x0 + static_cast<float>(static_cast<std::int32_t>(i)) * line.dx - floor_x;
      const float l = left + left_slope * t;
      const float r = right + right_slope * (t - 1);
      out[i] += l + fade(t) * (r - l);
    }
  }
}

}  // namespace

std::uint64_t Random::next() {
  std::uint64_t z = state_ += 0x9E3779B97F4A7C15U;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31);
}

float Random::between(float low, float high) {
  return low + (high - low) * (static_cast<float>(next() >> 40) * (1.0F / 16777216.0F));
}

int Random::below(int count) {
  return static_cast<int>((next() >> 32) * static_cast<std::uint64_t>(count) >> 32);
}

std::uint32_t hash(std::uint32_t seed, std::int32_t x, std::int32_t y) {
  std::uint32_t h =
      seed ^ static_cast<std::uint32_t>(x) * 0x9E3779B1U ^ static_cast<std::uint32_t>(y) * 0x85EBCA77U;
  h = (h ^ (h >> 16)) * 0x7FEB352DU;
  h = (h ^ (h >> 15)) * 0x846CA68BU;
  return h ^ (h >> 16);
}

float hash_unit(std::uint32_t seed, std::int32_t x, std::int32_t y) {
  return static_cast<float>(hash(seed, x, y) >> 8) * (1.0F / 16777216.0F);
}

void fractal_row(const Line& line, const Fractal& fractal, float finest, std::span<float> out) {
  std::fill(out.begin(), out.end(), 0.0F);
  const float shortest = std::max(finest, 2 * line.dx);
  float wavelength = fractal.wavelength;
  float amplitude = 2.0F;  // brings the sum to about ±1
  for (int k = 0; k < fractal.octaves && (k == 0 || wavelength >= shortest); ++k) {
    // Offsets that differ from octave to octave keep their grids from meeting at the origin.
    const float shift = static_cast<float>(k) * 17.3F + 0.37F;
    add_octave(
        {line.x0 / wavelength + shift, line.dx / wavelength, line.y / (wavelength * fractal.stretch) + shift},
        fractal.seed + static_cast<std::uint32_t>(k), amplitude, out);
    wavelength *= 0.5F;
    amplitude *= fractal.gain;
  }
}

float fractal_at(float x, float y, const Fractal& fractal) {
  float value = 0;
  fractal_row({x, 0.001F, y}, fractal, 0, {&value, 1});
  return value;
}

}  // namespace labday::sample
