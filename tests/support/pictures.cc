#include "support/pictures.h"

#include <fmt/format.h>

#include "pipeline/sources.h"

namespace labday::testing {

Image picture(Size size, PixelFormat format, std::uint32_t seed) {
  Image image(size, format);
  std::uint32_t state = seed * 2654435761U + 1;
  for (std::size_t i = 0; i < image.byte_count(); ++i) {
    state = state * 1664525U + 1013904223U;
    image.data()[i] = static_cast<std::uint8_t>(i / 7 + (state >> 27));
  }
  return image;
}

std::string png_bytes(Size size, PixelFormat format, std::uint32_t seed) {
  const Bytes png = encode_png(picture(size, format, seed).view(), PngLevel::fast);
  return {png.begin(), png.end()};
}

Job make_job(const std::string& sources, const std::string& output,
             const std::vector<std::string>& percents) {
  Job job;
  const std::string arguments[] = {sources};
  FoundSources found = find_sources(arguments, output);
  EXPECT_TRUE(found.errors.empty());
  job.sources = std::move(found.sources);
  job.output_folder = output;
  for (const std::string& percent : percents) {
    Rendition rendition;
    rendition.scale = *Percent::parse(percent);
    rendition.level = PngLevel::fast;
    job.renditions.push_back(rendition);
  }
  return job;
}

void write_pictures(const TempFolder& folder, int count) {
  for (int i = 0; i < count; ++i) {
    folder.write(fmt::format("{:04}.png", i),
                 png_bytes({24 + i % 5, 16 + i % 3}, PixelFormat::rgb, static_cast<std::uint32_t>(i)));
  }
}

}  // namespace labday::testing
