// The outlines of layers: what stands out against the sky, as a height a column. Trees, boulders and
// buildings are set side by side; mountains, hills and dunes are noise.
#include <algorithm>
#include <cmath>
#include <cstddef>

#include "image/sample_paint.h"

namespace labday::sample {
namespace {

float& at(std::vector<float>& values, std::int32_t i) { return values[static_cast<std::size_t>(i)]; }

/// Shapes of a kind along a foot line.
struct Shapes {
  float width;                  // of the smallest, in units
  float width_range;            // how much wider the widest is
  float height;                 // of the highest, in units
  float lowest;                 // the lowest, as a fraction of that
  float spacing;                // distance of the middles, as a fraction of the width
  float foot;                   // in units
  float (*form)(float across);  // from -1 to 1 across the shape: height from 0 to 1
};

/// A cone in tiers, as firs have them.
float fir(float across) {
  const float cone = 1 - std::abs(across);
  const float tier = cone * 9 - std::floor(cone * 9);
  return cone + 0.10F * (0.5F - tier) * (1 - cone);
}

float dome(float across) { return std::sqrt(1 - across * across); }
float box(float /*across*/) { return 1; }

void set_side_by_side(const Shapes& shapes, std::uint32_t seed, const Frame& frame, Profile& profile) {
  Random random(seed);
  const float left = -0.5F * frame.width;
  const auto last = static_cast<float>(frame.size.width - 1);
  std::int32_t number = 0;
  for (float x = left - shapes.width; x < -left + shapes.width; ++number) {
    const float width = shapes.width * random.between(1, 1 + shapes.width_range);
    const float height = shapes.height * random.between(shapes.lowest, 1);
    const auto column = [&](float units) {
      return static_cast<std::int32_t>(std::clamp((units - left) / frame.px, 0.0F, last));
    };
    for (std::int32_t c = column(x - width / 2); c <= column(x + width / 2); ++c) {
      const float within = left + (static_cast<float>(c) + 0.5F) * frame.px - x + width / 2;
      const float across = 2 * within / width - 1;
      if (across <= -1 || across >= 1) continue;
      const float top = shapes.foot - height * shapes.form(across);
      if (top >= at(profile.top, c)) continue;
      at(profile.top, c) = top;
      profile.shape[static_cast<std::size_t>(c)] = number;
      at(profile.within, c) = within;
    }
    x += width * shapes.spacing;
  }
}

/// Adds noise to the outline, up and down by `amount` units.
void roughen(const Layer& layer, const Frame& frame, const Fractal& fractal, float amount, Profile& profile) {
  std::vector<float> noise(profile.top.size());
  fractal_row({frame.line(0).x0, frame.px, 0.5F * fractal.wavelength}, fractal, layer.blur, noise);
  for (std::size_t x = 0; x < noise.size(); ++x) profile.top[x] -= amount * noise[x];
}

}  // namespace

Profile outline(const Layer& layer, const Frame& frame) {
  const auto columns = static_cast<std::size_t>(frame.size.width);
  const float foot = layer.top * frame.height;
  const float rise = layer.rise * frame.height;
  const float scale = layer.scale;
  Profile profile{std::vector<float>(columns, foot), std::vector<std::int32_t>(columns, -1),
                  std::vector<float>(columns)};
  std::vector<float> noise(columns);
  const auto set_noise = [&](const Fractal& fractal, auto height) {
    fractal_row({frame.line(0).x0, frame.px, 0.5F * fractal.wavelength}, fractal, layer.blur, noise);
    for (std::size_t x = 0; x < columns; ++x) profile.top[x] = foot - rise * std::max(height(noise[x]), 0.0F);
  };
  switch (layer.outline) {
    case Outline::level:
      break;
    case Outline::mountains:
      set_noise({layer.seed, 460 * scale, 8, 0.47F}, [](float n) { return 0.52F + 0.48F * n; });
      break;
    case Outline::hills:
      set_noise({layer.seed, 620 * scale, 7, 0.32F}, [](float n) { return 0.5F + 0.5F * n; });
      break;
    case Outline::dunes:
      // Folding the noise makes crests.
      set_noise({layer.seed, 700 * scale, 2, 0.3F}, [](float n) { return 1 - 1.5F * std::abs(n); });
      break;
    case Outline::conifers:
      set_side_by_side({30 * scale, 1.2F, rise, 0.35F, 0.75F, foot, fir}, layer.seed, frame, profile);
      roughen(layer, frame, {layer.seed + 99, 14 * scale, 3, 0.7F}, 7 * scale, profile);
      break;
    case Outline::trees:
      set_side_by_side({46 * scale, 1.5F, rise, 0.4F, 0.6F, foot, dome}, layer.seed, frame, profile);
      roughen(layer, frame, {layer.seed + 99, 18 * scale, 4, 0.6F}, 5 * scale, profile);
      break;
    case Outline::buildings:
      set_side_by_side({34 * scale, 1.6F, rise, 0.2F, 1.04F, foot, box}, layer.seed, frame, profile);
      break;
    case Outline::boulders:
      set_side_by_side({110 * scale, 2.2F, rise, 0.25F, 0.8F, foot, dome}, layer.seed, frame, profile);
      roughen(layer, frame, {layer.seed + 99, 60 * scale, 6, 0.5F}, 9 * scale, profile);
      break;
  }
  return profile;
}

}  // namespace labday::sample
