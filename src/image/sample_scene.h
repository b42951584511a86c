// What is to be seen in a sample, before a single pixel is drawn: plain data that sample_scene.cc composes
// from a seed and sample_paint.cc paints at any size.
//
// Lengths are in units: the picture's frame is at most 1200 units wide and 800 high. Heights (`top`, `rise`)
// and the places of sprites are fractions of the frame instead, so that every shape of frame has a
// composition.
#pragma once

#include <cstdint>
#include <vector>

namespace labday::sample {

/// From 0 to 1 each, as stored in the file (not linear light).
struct Color {
  float r = 0;
  float g = 0;
  float b = 0;

  Color operator+(Color o) const { return {r + o.r, g + o.g, b + o.b}; }
  Color operator*(Color o) const { return {r * o.r, g * o.g, b * o.b}; }
  Color operator*(float k) const { return {r * k, g * k, b * k}; }
};

[[nodiscard]] inline Color mix(Color a, Color b, float t) { return a * (1 - t) + b * t; }

/// The light of an hour and a weather.
struct Palette {
  Color zenith;
  Color horizon;
  Color sun;
  Color light;       // multiplies what the sun reaches
  Color shade;       // and what it does not
  Color cloud;       // the lit side of a cloud
  Color cloud_base;  // its underside
};

enum class Outline : std::uint8_t { level, mountains, hills, dunes, conifers, trees, buildings, boulders };
enum class Surface : std::uint8_t { rock, snowy_rock, forest, grass, sand, dunes, facade, water, blur };

/// One plane of the picture, from its outline down to the bottom edge. Nearer ones cover farther ones.
struct Layer {
  Outline outline = Outline::level;
  Surface surface = Surface::rock;
  float top = 0.5F;  // where the outline's foot lies, as a fraction of the height
  float rise = 0;    // how far the outline reaches above it, as a fraction of the height
  float scale = 1;   // of texture and shapes; nearer is larger
  Color color;
  float haze = 0;  // 0 is clear, 1 has taken the colour of the horizon
  float blur = 0;  // diameter of the circle of confusion, in units; 0 is in focus
  std::uint32_t seed = 0;
};

/// Drawn over the layers: out-of-focus lights and leaves, or flowers.
struct Sprite {
  enum class Kind : std::uint8_t { disc, flower } kind = Kind::disc;
  float x = 0;  // of the centre, as a fraction of the width
  float y = 0;
  float radius = 10;  // in units
  Color color;
  Color heart = {};   // of a flower
  float opacity = 1;  // of a disc
  float blur = 1;     // width of the soft edge, in units
  int petals = 5;     // 5, 8 or 13
  float stem = 0;     // length as a fraction of the height; a flower's
  std::uint32_t seed = 0;
};

struct Scene {
  Palette palette;
  float horizon = 0.5F;
  float sun_x = 0.5F;  // fractions of the frame; may lie outside it
  float sun_y = 0.2F;
  float sun_size = 0;           // radius of the visible disc in units; 0 where there is none
  float glow = 0.3F;            // how far the sky brightens around it
  float clouds = 0.5F;          // cover, 0 to 1
  std::vector<Layer> layers;    // from far to near
  std::vector<Sprite> sprites;  // painted last, in order
  float noise = 2;              // of the sensor: standard deviation in levels of 255, in middle grey
  std::uint32_t seed = 0;
};

/// Composes sample `index` of `seed`. Neighbouring indexes get different kinds of scene.
[[nodiscard]] Scene compose(std::uint64_t seed, std::int32_t index);

}  // namespace labday::sample
