// What is drawn singly over the layers: lights out of focus, and flowers on their stems.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "image/sample_paint.h"

namespace labday::sample {
namespace {

struct Direction {
  float x;
  float y;
};

/// A turn by 1/n of the circle: cosine and sine of 2π/n, written out because libm need not round them
/// exactly.
Direction turn(int n) {
  switch (n) {
    case 8:
      return {0.70710678F, 0.70710678F};
    case 13:
      return {0.88545603F, 0.46472317F};
    default:
      return {0.30901699F, 0.95105652F};  // a fifth
  }
}

/// The pixels that a box in units covers, clipped to the picture; empty where it lies outside.
struct Pixels {
  Pixels(const Frame& frame, float left, float top, float right, float bottom)
      : x0(clip(left + 0.5F * frame.width, frame.px, frame.size.width)),
        y0(clip(top, frame.px, frame.size.height)),
        x1(clip(right + 0.5F * frame.width + frame.px, frame.px, frame.size.width)),
        y1(clip(bottom + frame.px, frame.px, frame.size.height)) {}

  static std::int32_t clip(float units, float px, std::int32_t end) {
    return static_cast<std::int32_t>(std::clamp(units / px, 0.0F, static_cast<float>(end)));
  }

  std::int32_t x0, y0, x1, y1;
};

/// Calls paint(pixel, x, y) for the pixels of a box, with the place of each centre in units.
template <class Paint>
void for_each_pixel(const Frame& frame, const Pixels& box, Image& canvas, Paint paint) {
  for (std::int32_t y = box.y0; y < box.y1; ++y) {
    const Line line = frame.line(y);
    std::uint8_t* pixel = canvas.row(y) + static_cast<std::ptrdiff_t>(3) * box.x0;
    for (std::int32_t x = box.x0; x < box.x1; ++x, pixel += 3) {
      paint(pixel, line.x0 + static_cast<float>(x) * line.dx, line.y);
    }
  }
}

void disc(const Sprite& s, float cx, float cy, const Frame& frame, Image& canvas) {
  const float reach = s.radius + s.blur;
  const Pixels box(frame, cx - reach, cy - reach, cx + reach, cy + reach);
  for_each_pixel(frame, box, canvas, [&](std::uint8_t* pixel, float x, float y) {
    const float distance = std::sqrt((x - cx) * (x - cx) + (y - cy) * (y - cy));
    // A lens gives such discs a rim.
    const float rim = 0.8F + 0.35F * smooth_step(0.6F * s.radius, s.radius, distance);
    const float alpha = s.opacity * rim * (1 - smooth_step(s.radius - s.blur, s.radius + s.blur, distance));
    if (alpha > 0) blend(pixel, s.color, alpha);
  });
}

void stem(const Sprite& s, const Palette& palette, float cx, float cy, const Frame& frame, Image& canvas) {
  const float length = s.stem * frame.height;
  const float half = 0.035F * s.radius + 0.6F;
  const float edge = std::max(s.blur, frame.px);
  const float bend = (hash_unit(s.seed, 1, 1) - 0.5F) * 0.5F * length;
  const float reach = half + edge + std::abs(bend);
  const Color green = Color{0.30F, 0.42F, 0.16F} * (0.8F + 0.4F * hash_unit(s.seed, 1, 2));
  const Pixels box(frame, cx - reach, cy, cx + reach, cy + length);
  for_each_pixel(frame, box, canvas, [&](std::uint8_t* pixel, float x, float y) {
    const float along = std::clamp((y - cy) / length, 0.0F, 1.0F);
    const float across = x - cx - bend * along * along;
    const float alpha =
        (1 - smooth_step(half - edge, half + edge, std::abs(across))) * (1 - smooth_step(0.85F, 1, along));
    if (alpha > 0)
      blend(pixel, green * mix(palette.light, palette.shade, smooth_step(-half, half, across)), alpha);
  });
}

void flower(const Sprite& s, const Palette& palette, float cx, float cy, const Frame& frame, Image& canvas) {
  if (s.stem > 0) stem(s, palette, cx, cy, frame, canvas);
  const float edge = std::max(s.blur, frame.px);
  const float soft = std::min(2 * edge / (0.25F * s.radius), 1.6F);
  const Direction by = turn(s.petals);
  // Seen a little from the side.
  const float squash = 1 / (0.55F + 0.4F * hash_unit(s.seed, 2, 1));
  const float breadth = s.petals == 5 ? 0.36F : s.petals == 8 ? 0.22F : 0.14F;
  Direction first{hash_unit(s.seed, 2, 2) + 0.1F, hash_unit(s.seed, 2, 3) - 0.5F};
  const float norm = 1 / std::sqrt(first.x * first.x + first.y * first.y);
  first = {first.x * norm, first.y * norm};
  const float reach = 1.15F * s.radius + edge;
  const Pixels box(frame, cx - reach, cy - reach, cx + reach, cy + reach);
  const Fractal veins{s.seed, 0.22F * s.radius, 4, 0.6F};
  for_each_pixel(frame, box, canvas, [&](std::uint8_t* pixel, float px, float py) {
    const float x = (px - cx) / s.radius;
    const float y = (py - cy) * squash / s.radius;
    const float from_heart = std::sqrt(x * x + y * y);
    if (from_heart > 1.15F + edge / s.radius) return;
    Direction d = first;
    for (int i = 0; i < s.petals; ++i) {
      const float along = x * d.x + y * d.y;
      const float across = y * d.x - x * d.y;
      const float u = (along - 0.56F) / 0.46F;
      const float v = across / (breadth * (0.75F + 0.5F * along));
      const float alpha = 1 - smooth_step(1 - soft, 1 + soft, u * u + v * v);
      if (along > 0 && alpha > 0) {
        const float light = 0.78F + 0.22F * along - 0.30F * v * (i % 2 == 0 ? 1.0F : 0.6F);
        blend(pixel, s.color * mix(palette.shade, palette.light, std::clamp(light, 0.0F, 1.0F)), alpha);
      }
      d = {d.x * by.x - d.y * by.y, d.x * by.y + d.y * by.x};
    }
    const float heart = 1 - smooth_step(0.22F - 0.2F * soft, 0.22F + 0.2F * soft, from_heart);
    if (heart > 0) {
      const float bumps = soft < 0.5F ? fractal_at(px, py, veins) : 0;
      blend(pixel, s.heart * (0.85F + 0.25F * bumps - 0.25F * y), heart);
    }
  });
}

}  // namespace

void paint_sprite(const Scene& scene, const Sprite& sprite, const Frame& frame, Image& canvas) {
  const float cx = (sprite.x - 0.5F) * frame.width;
  const float cy = sprite.y * frame.height;
  if (sprite.kind == Sprite::Kind::disc) {
    disc(sprite, cx, cy, frame, canvas);
  } else {
    flower(sprite, scene.palette, cx, cy, frame, canvas);
  }
}

}  // namespace labday::sample
