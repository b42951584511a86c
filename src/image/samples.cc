#include "image/samples.h"

#include <algorithm>
#include <cstddef>

#include "image/sample_noise.h"
#include "image/sample_paint.h"
#include "image/sample_scene.h"

namespace labday {
namespace {

/// About normal, mean 0, standard deviation 1: the sum of three uniform values of 7 bits.
float bell(std::uint64_t bits) {
  const auto sum = static_cast<std::int32_t>((bits & 127U) + (bits >> 7 & 127U) + (bits >> 14 & 127U));
  return (static_cast<float>(sum) - 190.5F) * (1.0F / 64.0F);
}

/// What lens and sensor add: corners a little darker, and noise, stronger in the shade, where a camera
/// amplifies more.
void expose(const sample::Scene& scene, Image& image) {
  const Size size = image.size();
  sample::Random random(scene.seed);
  const float half_width = 0.5F * static_cast<float>(size.width);
  const float half_height = 0.5F * static_cast<float>(size.height);
  for (std::int32_t y = 0; y < size.height; ++y) {
    const float v = (static_cast<float>(y) + 0.5F - half_height) / half_height;
    std::uint8_t* pixel = image.row(y);
    for (std::int32_t x = 0; x < size.width; ++x, pixel += 3) {
      const float u = (static_cast<float>(x) + 0.5F - half_width) / half_width;
      const float corner = u * u + v * v;
      const float light = 1 - 0.045F * corner * corner;
      const float level = static_cast<float>(pixel[0] + 2 * pixel[1] + pixel[2]) * (1.0F / 1020.0F);
      const float sigma = scene.noise * (1.3F - 0.6F * level);
      std::uint64_t bits = random.next();
      const float grey = bell(random.next());
      for (int c = 0; c < 3; ++c, bits >>= 21) {
        const float noise = sigma * (0.86F * grey + 0.5F * bell(bits));
        const float value = static_cast<float>(pixel[c]) * light + noise + 0.5F;
        pixel[c] = static_cast<std::uint8_t>(std::clamp(value, 0.0F, 255.0F));
      }
    }
  }
}

}  // namespace

Image draw_sample(std::uint64_t seed, std::int32_t index, Size size) {
  const sample::Scene scene = sample::compose(seed, index);
  Image image = sample::paint(scene, size);
  expose(scene, image);
  return image;
}

}  // namespace labday
