#include "image/sample_paint.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace labday::sample {
namespace {

/// Gradient from horizon to zenith, the sun and its glow, and two decks of cloud.
class Sky {
 public:
  Sky(const Scene& scene, const Frame& frame)
      : scene_(scene),
        frame_(frame),
        horizon_(std::max(scene.horizon, 0.05F) * frame.height),
        sun_x_((scene.sun_x - 0.5F) * frame.width),
        sun_y_(scene.sun_y * frame.height),
        density_(static_cast<std::size_t>(frame.size.width)),
        lit_(density_.size()) {}

  void paint(std::int32_t y, Row& out) {
    const Line line = frame_.line(y);
    const Palette& light = scene_.palette;
    const float up = std::clamp(1 - line.y / horizon_, 0.0F, 1.0F);
    const Color clear = mix(light.horizon, light.zenith, up * (1.6F - 0.6F * up));

    // The clouds are a ceiling seen in perspective: flatter and denser towards the horizon.
    const float depth = 1 / (up + 0.22F);
    const Line ceiling{line.x0 * depth, line.dx * depth, 260 * depth};
    const Fractal cover{scene_.seed, 420, 8, 0.56F, 0.55F};
    const float row_step = 260 * depth * depth / horizon_ * frame_.px / cover.stretch;
    fractal_row(ceiling, cover, row_step, density_);
    Line sunward = ceiling;
    sunward.x0 += sun_x_ > 0 ? 24.0F : -24.0F;
    sunward.y -= 10;
    fractal_row(sunward, cover, row_step, lit_);

    const float threshold = 0.75F - 1.1F * scene_.clouds;
    for (std::size_t x = 0; x < density_.size(); ++x) {
      const float dx = line.x0 + static_cast<float>(static_cast<std::int32_t>(x)) * line.dx - sun_x_;
      const float dy = line.y - sun_y_;
      const float squared = dx * dx + dy * dy;
      const float glow = scene_.glow / (1 + squared / 26000.0F);
      Color color = mix(clear, light.sun, std::min(glow * 1.5F, 1.0F));
      if (scene_.sun_size > 0) {
        const float radius = std::sqrt(squared);
        color = mix(color, {1.0F, 0.98F, 0.90F},
                    1 - smooth_step(scene_.sun_size - 2, scene_.sun_size + 3, radius));
      }
      const float thickness = density_[x] - threshold;
      const float side = 0.55F + 1.1F * (density_[x] - lit_[x]) - 0.35F * thickness;
      const Color cloud = mix(light.cloud_base, light.cloud, std::clamp(side + glow, 0.0F, 1.0F));
      out.set(x, mix(color, cloud, 0.94F * smooth_step(0, 0.55F, thickness) * smooth_step(0, 0.12F, up)));
    }
  }

 private:
  const Scene& scene_;
  const Frame& frame_;
  float horizon_;
  float sun_x_;
  float sun_y_;
  std::vector<float> density_;
  std::vector<float> lit_;
};

void paint_layer(const Scene& scene, const Layer& layer, const Frame& frame, Image& canvas, Row& row) {
  const Profile profile = outline(layer, frame);
  const float highest = *std::min_element(profile.top.begin(), profile.top.end());
  const float edge = std::max(layer.blur, frame.px);
  SurfacePainter surface(scene, layer, frame, profile);
  for (std::int32_t y = 0; y < frame.size.height; ++y) {
    const float line_y = frame.line(y).y;
    if (line_y < highest - edge) continue;
    surface.paint(y, canvas, row);
    std::uint8_t* pixel = canvas.row(y);
    for (std::size_t x = 0; x < profile.top.size(); ++x, pixel += 3) {
      const float alpha = smooth_step(-edge, edge, line_y - profile.top[x]);
      if (alpha > 0) blend(pixel, row.at(x), alpha);
    }
  }
}

}  // namespace

Frame::Frame(Size s)
    : size(s),
      px(1200.0F / std::max(static_cast<float>(s.width), 1.5F * static_cast<float>(s.height))),
      width(static_cast<float>(s.width) * px),
      height(static_cast<float>(s.height) * px) {}

Image paint(const Scene& scene, Size size) {
  const Frame frame(size);
  Image canvas(size, PixelFormat::rgb);
  Row row(static_cast<std::size_t>(size.width));
  Sky sky(scene, frame);
  for (std::int32_t y = 0; y < size.height; ++y) {
    sky.paint(y, row);
    std::uint8_t* pixel = canvas.row(y);
    for (std::size_t x = 0; x < row.r.size(); ++x, pixel += 3) blend(pixel, row.at(x), 1);
  }
  for (const Layer& layer : scene.layers) paint_layer(scene, layer, frame, canvas, row);
  for (const Sprite& sprite : scene.sprites) paint_sprite(scene, sprite, frame, canvas);
  return canvas;
}

}  // namespace labday::sample
