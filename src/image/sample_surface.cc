// What layers are made of: rock and snow, leaves, grass, sand, walls, water. Each is a base colour, noise at
// the sizes that the material has, and light from the side on which the sun stands.
#include <algorithm>
#include <cmath>
#include <cstddef>

#include "image/sample_paint.h"

namespace labday::sample {
namespace {

float unit(std::size_t x) { return static_cast<float>(static_cast<std::int32_t>(x)); }

}  // namespace

SurfacePainter::SurfacePainter(const Scene& scene, const Layer& layer, const Frame& frame,
                               const Profile& profile)
    : scene_(scene),
      layer_(layer),
      frame_(frame),
      profile_(profile),
      top_(layer.top * frame.height),
      towards_sun_(scene.sun_x < 0.5F ? -1.0F : 1.0F),
      a_(profile.top.size()),
      b_(a_.size()),
      c_(a_.size()) {}

void SurfacePainter::paint(std::int32_t y, const Image& canvas, Row& out) {
  const Line line = frame_.line(y);
  switch (layer_.surface) {
    case Surface::rock:
    case Surface::snowy_rock:
      rock(line, out);
      break;
    case Surface::forest:
      forest(line, out);
      break;
    case Surface::grass:
      grass(line, out);
      break;
    case Surface::sand:
    case Surface::dunes:
      sand(line, out);
      break;
    case Surface::facade:
      facade(line, out);
      break;
    case Surface::water:
      water(line, canvas, out);
      break;
    case Surface::blur:
      out_of_focus(line, out);
      break;
  }
  if (layer_.haze <= 0) return;
  for (std::size_t x = 0; x < a_.size(); ++x) {
    // Haze lies in the valleys.
    const float deep = smooth_step(0, 0.35F * frame_.height, line.y - profile_.top[x]);
    out.set(x, mix(out.at(x), scene_.palette.horizon, std::min(layer_.haze * (0.85F + 0.4F * deep), 0.95F)));
  }
}

Color SurfacePainter::lit(Color color, float light) const {
  return color * mix(scene_.palette.shade, scene_.palette.light, std::clamp(light, 0.0F, 1.0F));
}

void SurfacePainter::relief(const Line& line, const Fractal& fractal, float step, std::span<float> out) {
  fractal_row(line, fractal, layer_.blur, out);
  fractal_row({line.x0 + towards_sun_ * step, line.dx, line.y - step}, fractal, layer_.blur, c_);
  for (std::size_t x = 0; x < out.size(); ++x) out[x] -= c_[x];
}

void SurfacePainter::rock(const Line& line, Row& out) {
  const float scale = layer_.scale;
  relief(line, {layer_.seed, 130 * scale, 8, 0.62F}, 7 * scale, a_);
  fractal_row(line, {layer_.seed + 50, 200 * scale, 7, 0.6F, 0.6F}, layer_.blur, b_);
  const float rise = std::max(layer_.rise * frame_.height, 1.0F);
  for (std::size_t x = 0; x < a_.size(); ++x) {
    Color color = layer_.color * (1 + 0.22F * b_[x]);
    if (layer_.surface == Surface::snowy_rock) {
      // By altitude, and where the slope is not too steep.
      const float altitude = (top_ - line.y) / rise;
      const float snow = smooth_step(0.42F, 0.56F, altitude + 0.30F * b_[x] + 0.25F * a_[x]);
      color = mix(color, {0.95F, 0.97F, 1.0F}, snow);
    }
    out.set(x, lit(color, 0.45F + 0.75F * a_[x]));
  }
}

void SurfacePainter::forest(const Line& line, Row& out) {
  const float scale = layer_.scale;
  relief(line, {layer_.seed, 34 * scale, 5, 0.82F, 1.3F}, 2.5F * scale, a_);
  fractal_row(line, {layer_.seed + 50, 160 * scale, 3, 0.5F}, layer_.blur, b_);
  for (std::size_t x = 0; x < a_.size(); ++x) {
    const float crown = 0.22F * (1 - smooth_step(0, 40 * scale, line.y - profile_.top[x]));
    const Color color = layer_.color * (1 + 0.25F * b_[x]);
    out.set(x, lit(color, 0.30F + crown + 0.45F * a_[x]));
  }
}

void SurfacePainter::grass(const Line& line, Row& out) {
  const bool plain = layer_.outline == Outline::level;
  const float below = std::max(line.y - top_, 0.0F) / std::max(frame_.height - top_, 1.0F);
  const float nearness = plain ? 0.10F + 1.5F * below : layer_.scale;
  flow_ += frame_.px / nearness;
  const Line blades{line.x0 / nearness, line.dx / nearness, flow_};
  const float finest = std::max(layer_.blur, plain ? 14 * (below - 0.75F) : 0.0F) / nearness;
  fractal_row(blades, {layer_.seed, 10, 4, 0.85F, 2.0F}, finest, a_);
  fractal_row(blades, {layer_.seed + 50, 240, 6, 0.55F, 0.4F}, finest, b_);
  const Color dry{0.66F, 0.60F, 0.32F};
  for (std::size_t x = 0; x < a_.size(); ++x) {
    const Color color = mix(layer_.color, dry, std::clamp(0.22F + 0.45F * b_[x], 0.0F, 1.0F));
    out.set(x, lit(color, 0.62F + 0.30F * a_[x] + 0.22F * b_[x]));
  }
}

void SurfacePainter::sand(const Line& line, Row& out) {
  const float scale = layer_.scale;
  // Ripples by the wind, and grains.
  relief(line, {layer_.seed, 30 * scale, 3, 0.6F, 0.35F}, 3 * scale, a_);
  fractal_row(line, {layer_.seed + 50, 500 * scale, 4, 0.4F, 0.5F}, layer_.blur, b_);
  const std::size_t reach = static_cast<std::size_t>(12 * scale / frame_.px) + 1;
  for (std::size_t x = 0; x < a_.size(); ++x) {
    const float depth = line.y - profile_.top[x];
    // Ridges do not run straight towards the eye.
    const float aside =
        std::clamp(unit(x) + (0.5F + 0.5F * b_[x]) * depth / frame_.px, 0.0F, unit(a_.size() - 1));
    const auto column = static_cast<std::size_t>(aside);
    const std::size_t before = column < reach ? 0 : column - reach;
    const std::size_t after = std::min(column + reach, a_.size() - 1);
    const float width = std::max(unit(after - before) * frame_.px, 1.0F);
    const float slope = (profile_.top[after] - profile_.top[before]) / width;
    const float crest = layer_.surface == Surface::dunes ? 1 - 0.6F * smooth_step(0, 120 * scale, depth) : 0;
    const float grain =
        hash_unit(layer_.seed, static_cast<std::int32_t>(x), static_cast<std::int32_t>(line.y / frame_.px)) -
        0.5F;
    const float light =
        0.62F - 1.3F * towards_sun_ * slope * crest + 0.28F * a_[x] + 0.16F * b_[x] + 0.10F * grain;
    out.set(x, lit(layer_.color, light));
  }
}

void SurfacePainter::facade(const Line& line, Row& out) {
  fractal_row(line, {layer_.seed, 90, 5, 0.6F}, layer_.blur, a_);
  const float scale = layer_.scale;
  for (std::size_t x = 0; x < a_.size(); ++x) {
    const std::int32_t number = profile_.shape[x];
    const float tone = hash_unit(layer_.seed, number, 1);
    const Color wall = mix(layer_.color, {0.62F + 0.3F * tone, 0.46F + 0.4F * tone, 0.36F + 0.5F * tone},
                           0.7F * hash_unit(layer_.seed, number, 2)) *
                       (0.7F + 0.5F * tone);
    Color color = lit(wall * (1 + 0.08F * a_[x]), 0.35F + 0.5F * hash_unit(layer_.seed, number, 3));
    const float wide = scale * (5 + 5 * hash_unit(layer_.seed, number, 4));
    const float high = scale * (8 + 5 * hash_unit(layer_.seed, number, 5));
    const float down = line.y - profile_.top[x] - 0.5F * high;
    const float column = std::floor(profile_.within[x] / wide);
    const float storey = std::floor(down / high);
    const float in_x = profile_.within[x] / wide - column;
    const float in_y = down / high - storey;
    if (number >= 0 && down > 0 && in_x > 0.22F && in_x < 0.80F && in_y > 0.2F && in_y < 0.76F) {
      const float chance = hash_unit(layer_.seed + static_cast<std::uint32_t>(number),
                                     static_cast<std::int32_t>(column), static_cast<std::int32_t>(storey));
      const Color glass = mix(wall * 0.3F, scene_.palette.horizon, 0.12F + 0.5F * chance * chance);
      color = chance > 0.86F ? mix(glass, {1.0F, 0.86F, 0.56F}, 0.8F) : glass;
    }
    out.set(x, color);
  }
}

void SurfacePainter::water(const Line& line, const Image& canvas, Row& out) {
  const float below = std::max(line.y - top_, 0.0F);
  const float near = below / std::max(frame_.height - top_, 1.0F) + 0.03F;
  // A plane in perspective: waves shrink and crowd towards the horizon.
  const Line plane{line.x0 / near, line.dx / near, 90 / near};
  const float row_step = 90 / (near * near) * frame_.px / std::max(frame_.height - top_, 1.0F);
  const Fractal waves{layer_.seed, 56, 6, 0.66F, 0.42F};
  fractal_row(plane, waves, 0.7F * row_step / waves.stretch, a_);
  const float sun_x = (scene_.sun_x - 0.5F) * frame_.width;
  const float mirrored = (1 - near * 0.75F);
  for (std::size_t x = 0; x < a_.size(); ++x) {
    const float tilt = a_[x];
    const float source = top_ - below * (0.9F + 0.2F * tilt) - 12 * near * tilt;
    const auto row = static_cast<std::int32_t>(
        std::clamp(source / frame_.px, 0.0F, static_cast<float>(frame_.size.height - 1)));
    const std::uint8_t* pixel = canvas.view().row(row) + 3 * x;
    constexpr float kStep = 1.0F / 255.0F;
    const Color reflected{static_cast<float>(pixel[0]) * kStep, static_cast<float>(pixel[1]) * kStep,
                          static_cast<float>(pixel[2]) * kStep};
    const Color body = lit(layer_.color, 0.5F + 0.4F * tilt);
    const Color color = mix(body, reflected, std::clamp(mirrored - 0.22F * tilt, 0.05F, 0.95F));
    // The sun's path: only the waves that face it.
    const float aside = (line.x0 + unit(x) * line.dx - sun_x) / (50 + 260 * near);
    const float glitter = scene_.glow * smooth_step(0.1F, 2.4F, tilt) / (1 + aside * aside * aside * aside);
    out.set(x, mix(color, scene_.palette.sun, std::min(glitter, 1.0F)));
  }
}

void SurfacePainter::out_of_focus(const Line& line, Row& out) {
  fractal_row(line, {layer_.seed, 520, 5, 0.5F}, layer_.blur, a_);
  fractal_row(line, {layer_.seed + 50, 380, 5, 0.5F}, layer_.blur, b_);
  for (std::size_t x = 0; x < a_.size(); ++x) {
    const Color color = mix(layer_.color, layer_.color * Color{1.7F, 1.5F, 1.0F},
                            std::clamp(0.3F + 0.6F * b_[x], 0.0F, 1.0F));
    out.set(x, lit(color, 0.42F + 0.55F * a_[x]));
  }
}

}  // namespace labday::sample
