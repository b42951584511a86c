#include "image/sample_scene.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "image/sample_noise.h"

namespace labday::sample {
namespace {

constexpr Palette kNoon{.zenith = {0.20F, 0.42F, 0.72F},
                        .horizon = {0.74F, 0.85F, 0.93F},
                        .sun = {1.0F, 0.98F, 0.92F},
                        .light = {1.08F, 1.05F, 0.98F},
                        .shade = {0.42F, 0.47F, 0.56F},
                        .cloud = {0.99F, 0.99F, 0.98F},
                        .cloud_base = {0.70F, 0.75F, 0.82F}};
constexpr Palette kMorning{.zenith = {0.40F, 0.56F, 0.74F},
                           .horizon = {0.95F, 0.87F, 0.78F},
                           .sun = {1.0F, 0.93F, 0.78F},
                           .light = {1.12F, 1.02F, 0.86F},
                           .shade = {0.44F, 0.46F, 0.55F},
                           .cloud = {1.0F, 0.95F, 0.88F},
                           .cloud_base = {0.66F, 0.66F, 0.74F}};
constexpr Palette kGolden{.zenith = {0.27F, 0.38F, 0.60F},
                          .horizon = {0.98F, 0.72F, 0.42F},
                          .sun = {1.0F, 0.88F, 0.58F},
                          .light = {1.20F, 0.92F, 0.62F},
                          .shade = {0.36F, 0.34F, 0.42F},
                          .cloud = {1.0F, 0.82F, 0.62F},
                          .cloud_base = {0.56F, 0.48F, 0.56F}};
constexpr Palette kDusk{.zenith = {0.13F, 0.16F, 0.36F},
                        .horizon = {0.92F, 0.50F, 0.42F},
                        .sun = {1.0F, 0.66F, 0.42F},
                        .light = {0.86F, 0.62F, 0.60F},
                        .shade = {0.24F, 0.24F, 0.36F},
                        .cloud = {0.94F, 0.58F, 0.54F},
                        .cloud_base = {0.30F, 0.27F, 0.42F}};
constexpr Palette kOvercast{.zenith = {0.56F, 0.61F, 0.67F},
                            .horizon = {0.82F, 0.84F, 0.85F},
                            .sun = {0.93F, 0.93F, 0.92F},
                            .light = {0.88F, 0.90F, 0.90F},
                            .shade = {0.52F, 0.55F, 0.58F},
                            .cloud = {0.92F, 0.93F, 0.94F},
                            .cloud_base = {0.60F, 0.63F, 0.67F}};
constexpr std::array kPalettes{kNoon, kMorning, kGolden, kDusk, kOvercast};

/// A colour near `color`: every picture has its own shade of it.
Color vary(Random& random, Color color, float amount = 0.12F) {
  const float level = random.between(1 - amount, 1 + amount);
  return {color.r * level * random.between(1 - amount, 1 + amount),
          color.g * level * random.between(1 - amount, 1 + amount),
          color.b * level * random.between(1 - amount, 1 + amount)};
}

void add(Scene& scene, Random& random, Layer layer) {
  layer.seed = random.seed();
  scene.layers.push_back(layer);
}

/// Ranges one behind the other, paler with the distance.
void add_ranges(Scene& scene, Random& random, Outline outline, Surface near_surface, int count, float rise,
                Color color) {
  for (int i = 0; i < count; ++i) {
    const float nearness = static_cast<float>(i + 1) / static_cast<float>(count);
    add(scene, random,
        {.outline = outline,
         .surface = near_surface,
         .top = scene.horizon + 0.01F,
         .rise = rise * (1.25F - 0.75F * nearness) * random.between(0.8F, 1.2F),
         .scale = 0.5F + 0.6F * nearness,
         .color = vary(random, color),
         .haze = 0.80F - 0.66F * nearness});
  }
}

void compose_mountains(Scene& scene, Random& random) {
  scene.horizon = random.between(0.52F, 0.62F);
  add_ranges(scene, random, Outline::mountains, Surface::snowy_rock, 3, random.between(0.30F, 0.42F),
             {0.44F, 0.42F, 0.42F});
  add(scene, random,
      {.outline = Outline::hills,
       .surface = Surface::forest,
       .top = scene.horizon + 0.02F,
       .rise = 0.10F,
       .scale = 0.8F,
       .color = vary(random, {0.22F, 0.32F, 0.18F}),
       .haze = 0.22F});
  if (random.below(2) == 0) {
    add(scene, random,
        {.surface = Surface::water, .top = scene.horizon, .color = vary(random, {0.16F, 0.27F, 0.33F})});
    add(scene, random,
        {.outline = Outline::boulders,
         .surface = Surface::rock,
         .top = 1.02F,
         .rise = random.between(0.14F, 0.24F),
         .color = vary(random, {0.46F, 0.43F, 0.40F})});
  } else {
    const float edge_of_wood = scene.horizon + 0.05F;
    add(scene, random,
        {.outline = Outline::conifers,
         .surface = Surface::forest,
         .top = edge_of_wood,
         .rise = random.between(0.08F, 0.11F),
         .scale = 0.6F,
         .color = vary(random, {0.17F, 0.26F, 0.15F}),
         .haze = 0.22F});
    add(scene, random,
        {.surface = Surface::grass, .top = edge_of_wood, .color = vary(random, {0.42F, 0.50F, 0.20F})});
    add(scene, random,
        {.outline = Outline::conifers,
         .surface = Surface::forest,
         .top = 1.06F,
         .rise = random.between(0.34F, 0.46F),
         .scale = 2.4F,
         .color = vary(random, {0.17F, 0.26F, 0.15F})});
  }
}

void compose_sea(Scene& scene, Random& random) {
  scene.horizon = random.between(0.40F, 0.56F);
  scene.sun_y = scene.horizon - random.between(0.05F, 0.22F);
  scene.sun_size = random.between(18.0F, 30.0F);
  scene.glow = 0.6F;
  if (random.below(3) != 0) {
    add_ranges(scene, random, Outline::hills, Surface::rock, 2, 0.12F, {0.34F, 0.33F, 0.34F});
  }
  add(scene, random,
      {.surface = Surface::water, .top = scene.horizon, .color = vary(random, {0.10F, 0.30F, 0.38F})});
  if (random.below(2) == 0) {
    add(scene, random,
        {.outline = Outline::hills,
         .surface = Surface::sand,
         .top = random.between(0.86F, 0.92F),
         .rise = 0.08F,
         .scale = 1.6F,
         .color = vary(random, {0.78F, 0.68F, 0.52F})});
  } else {
    add(scene, random,
        {.outline = Outline::boulders,
         .surface = Surface::rock,
         .top = 1.02F,
         .rise = random.between(0.16F, 0.30F),
         .color = vary(random, {0.38F, 0.35F, 0.34F})});
  }
}

void compose_city(Scene& scene, Random& random) {
  scene.horizon = random.between(0.62F, 0.70F);
  add_ranges(scene, random, Outline::hills, Surface::forest, 1, 0.12F, {0.36F, 0.42F, 0.40F});
  for (int i = 0; i < 3; ++i) {
    const auto nearness = static_cast<float>(i);
    add(scene, random,
        {.outline = Outline::buildings,
         .surface = Surface::facade,
         .top = scene.horizon + 0.01F * nearness,
         .rise = 0.42F - 0.09F * nearness,
         .scale = 0.7F + 0.35F * nearness,
         .color = vary(random, {0.62F, 0.58F, 0.55F}),
         .haze = 0.50F - 0.22F * nearness});
  }
  add(scene, random,
      {.outline = Outline::trees,
       .surface = Surface::forest,
       .top = scene.horizon + 0.05F,
       .rise = 0.08F,
       .scale = 0.8F,
       .color = vary(random, {0.24F, 0.36F, 0.16F})});
  const bool river = random.below(2) == 0;
  add(scene, random,
      {.surface = river ? Surface::water : Surface::grass,
       .top = scene.horizon + 0.05F,
       .color = vary(random, river ? Color{0.22F, 0.32F, 0.32F} : Color{0.38F, 0.46F, 0.20F})});
}

void add_flowers(Scene& scene, Random& random, int count, float low, float high, float size) {
  constexpr std::array<Color, 6> kPetals{{{0.93F, 0.26F, 0.20F},
                                          {0.96F, 0.94F, 0.88F},
                                          {0.97F, 0.80F, 0.20F},
                                          {0.66F, 0.42F, 0.82F},
                                          {0.96F, 0.56F, 0.68F},
                                          {0.30F, 0.44F, 0.88F}}};
  constexpr std::array kCounts{5, 8, 13};
  const Color petals = kPetals[static_cast<std::size_t>(random.below(6))];
  const int petal_count = kCounts[static_cast<std::size_t>(random.below(3))];
  for (int i = 0; i < count; ++i) {
    // The lower in the picture, the nearer: the list goes from far to near.
    const float nearness = (static_cast<float>(i) + random.between(0, 1)) / static_cast<float>(count);
    const float away = nearness - 0.7F;  // the lens is focused a little behind the nearest
    scene.sprites.push_back({.kind = Sprite::Kind::flower,
                             .x = random.between(-0.02F, 1.02F),
                             .y = low + (high - low) * nearness,
                             .radius = size * (0.15F + 0.85F * nearness * nearness),
                             .color = vary(random, petals, 0.07F),
                             .heart = vary(random, {0.84F, 0.64F, 0.16F}),
                             .blur = 1 + 20 * away * away,
                             .petals = petal_count,
                             .stem = 0.05F + 0.75F * nearness * nearness,
                             .seed = random.seed()});
  }
}

void compose_meadow(Scene& scene, Random& random) {
  scene.horizon = random.between(0.42F, 0.54F);
  add_ranges(scene, random, Outline::hills, Surface::grass, 3, random.between(0.14F, 0.22F),
             {0.40F, 0.48F, 0.22F});
  add(scene, random,
      {.outline = Outline::trees,
       .surface = Surface::forest,
       .top = scene.horizon + 0.03F,
       .rise = random.between(0.10F, 0.17F),
       .color = vary(random, {0.24F, 0.34F, 0.14F}),
       .haze = 0.12F,
       .blur = 3});
  add(scene, random,
      {.surface = Surface::grass,
       .top = scene.horizon + 0.02F,
       .color = vary(random, {0.40F, 0.52F, 0.18F})});
  const int flowers = 50 + random.below(40);
  add_flowers(scene, random, flowers, scene.horizon + 0.05F, 0.92F, random.between(26, 44));
}

void compose_desert(Scene& scene, Random& random) {
  scene.horizon = random.between(0.40F, 0.55F);
  scene.clouds *= 0.5F;
  const Color sand = vary(random, {0.84F, 0.62F, 0.40F});
  add_ranges(scene, random, Outline::mountains, Surface::rock, 1, 0.16F, {0.56F, 0.42F, 0.36F});
  for (int i = 0; i < 4; ++i) {
    const auto nearness = static_cast<float>(i);
    add(scene, random,
        {.outline = Outline::dunes,
         .surface = Surface::dunes,
         .top = scene.horizon + 0.02F + 0.15F * nearness,
         .rise = 0.13F + 0.05F * nearness,
         .scale = 0.6F + 0.5F * nearness,
         .color = vary(random, sand, 0.04F),
         .haze = 0.36F - 0.12F * nearness});
  }
}

void compose_macro(Scene& scene, Random& random) {
  scene.horizon = 0;
  constexpr std::array<Color, 4> kBackgrounds{
      {{0.26F, 0.42F, 0.18F}, {0.42F, 0.30F, 0.18F}, {0.18F, 0.32F, 0.38F}, {0.44F, 0.40F, 0.20F}}};
  const Color background = vary(random, kBackgrounds[static_cast<std::size_t>(random.below(4))]);
  add(scene, random, {.surface = Surface::blur, .top = -0.1F, .color = background, .blur = 60});
  const int lights = 20 + random.below(30);
  for (int i = 0; i < lights; ++i) {
    scene.sprites.push_back(
        {.x = random.between(0, 1),
         .y = random.between(0, 0.85F),
         .radius = random.between(14, 52),
         .color = mix(background * 1.9F, {1.0F, 0.94F, 0.74F}, random.between(0.1F, 0.7F)),
         .opacity = random.between(0.08F, 0.42F),
         .blur = 4,
         .seed = random.seed()});
  }
  add(scene, random,
      {.outline = Outline::hills,
       .surface = Surface::grass,
       .top = 0.97F,
       .rise = 0.14F,
       .scale = 2,
       .color = background * 1.15F,
       .blur = 30});
  const int flowers = 5 + random.below(4);
  add_flowers(scene, random, flowers, 0.20F, 0.60F, random.between(130, 190));
}

constexpr std::array kComposers{compose_mountains, compose_macro,  compose_sea,
                                compose_city,      compose_meadow, compose_desert};

}  // namespace

Scene compose(std::uint64_t seed, std::int32_t index) {
  // The kinds and the hours follow one another, from a start that the seed gives; their numbers have no
  // common factor, so thirty pictures in a row differ in one of them at least.
  Random of_seed(seed);
  const std::uint64_t kind = of_seed.next() % kComposers.size() + static_cast<std::uint64_t>(index);
  const std::uint64_t hour = of_seed.next() % kPalettes.size() + static_cast<std::uint64_t>(index);
  Random random(of_seed.next() ^ (static_cast<std::uint64_t>(index) + 1) * 0xD1342543DE82EF95U);

  Scene scene;
  scene.seed = random.seed();
  scene.palette = kPalettes[hour % kPalettes.size()];
  scene.palette.zenith = vary(random, scene.palette.zenith, 0.08F);
  scene.sun_x = random.between(0.12F, 0.88F);
  scene.sun_y = random.between(-0.1F, 0.3F);
  scene.glow = random.between(0.15F, 0.45F);
  scene.clouds = random.between(0.25F, 0.85F);
  scene.noise = random.between(3.6F, 5.0F);
  kComposers[kind % kComposers.size()](scene, random);
  return scene;
}

}  // namespace labday::sample
