// Paints a scene. Rows are worked on as three planes of floats, one row of one layer at a time, and blended
// into the 8-bit picture; so a large sample needs no more memory than its own pixels.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "image/image.h"
#include "image/sample_noise.h"
#include "image/sample_scene.h"

namespace labday::sample {

/// The picture's frame in units, and how large a pixel is in it. (0, 0) is the middle of the upper edge.
struct Frame {
  explicit Frame(Size size);

  /// The centres of the pixels of row `y`.
  [[nodiscard]] Line line(std::int32_t y) const {
    return {(0.5F - 0.5F * static_cast<float>(size.width)) * px, px, (static_cast<float>(y) + 0.5F) * px};
  }

  Size size;
  float px;
  float width;
  float height;
};

/// A row of colours, a plane a channel.
struct Row {
  explicit Row(std::size_t width) : r(width), g(width), b(width) {}
  [[nodiscard]] Color at(std::size_t x) const { return {r[x], g[x], b[x]}; }
  void set(std::size_t x, Color c) {
    r[x] = c.r;
    g[x] = c.g;
    b[x] = c.b;
  }

  std::vector<float> r;
  std::vector<float> g;
  std::vector<float> b;
};

/// Where a layer begins, a value a column.
struct Profile {
  std::vector<float> top;           // in units from the upper edge
  std::vector<std::int32_t> shape;  // which building it is; -1 for none
  std::vector<float> within;        // how far into that building, in units
};

[[nodiscard]] Profile outline(const Layer& layer, const Frame& frame);

/// Colours rows of one layer, from top to bottom.
class SurfacePainter {
 public:
  SurfacePainter(const Scene& scene, const Layer& layer, const Frame& frame, const Profile& profile);

  /// The colours of row `y` of the layer; `canvas` holds what lies behind, for water to mirror.
  void paint(std::int32_t y, const Image& canvas, Row& out);

 private:
  void rock(const Line& line, Row& out);
  void forest(const Line& line, Row& out);
  void grass(const Line& line, Row& out);
  void sand(const Line& line, Row& out);
  void facade(const Line& line, Row& out);
  void water(const Line& line, const Image& canvas, Row& out);
  void out_of_focus(const Line& line, Row& out);

  /// Sets `out` to the difference of a noise between two points `step` apart, towards the light: how steeply
  /// the surface faces it.
  void relief(const Line& line, const Fractal& fractal, float step, std::span<float> out);
  [[nodiscard]] Color lit(Color color, float light) const;

  const Scene& scene_;
  const Layer& layer_;
  const Frame& frame_;
  const Profile& profile_;
  float top_;          // of the outline's foot, in units
  float towards_sun_;  // -1 where the light comes from the left, else 1
  float flow_ = 0;     // rows passed, each weighted by how large a unit looks there
  std::vector<float> a_;
  std::vector<float> b_;
  std::vector<float> c_;
};

void paint_sprite(const Scene& scene, const Sprite& sprite, const Frame& frame, Image& canvas);

/// The whole scene but for the sensor: sky, layers, sprites.
[[nodiscard]] Image paint(const Scene& scene, Size size);

/// 0 to 1 to 0 to 255, rounded.
[[nodiscard]] inline std::uint8_t to_level(float value) {
  const float level = value * 255.0F + 0.5F;
  return level <= 0 ? 0 : level >= 255 ? 255 : static_cast<std::uint8_t>(level);
}

/// Lays `color` over a pixel of an RGB picture.
inline void blend(std::uint8_t* pixel, Color color, float alpha) {
  constexpr float kStep = 1.0F / 255.0F;
  pixel[0] = to_level(mix({static_cast<float>(pixel[0]) * kStep, 0, 0}, color, alpha).r);
  pixel[1] = to_level(mix({0, static_cast<float>(pixel[1]) * kStep, 0}, color, alpha).g);
  pixel[2] = to_level(mix({0, 0, static_cast<float>(pixel[2]) * kStep}, color, alpha).b);
}

}  // namespace labday::sample
