// One stage of labday on one fixed picture, for bench/gate/check.py, which counts the instructions that
// labday_counted_stage() executes. Everything else, the making of the input above all, is outside of it.
//
//   labday_gate_workload list     the names of the stages
//   labday_gate_workload target   the Highway target that this processor gets
//   labday_gate_workload STAGE    executes it
#include <hwy/highway.h>
#include <png.h>

#include <cstddef>
#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "image/codec.h"
#include "image/image.h"
#include "image/png_writer.h"
#include "image/resample.h"
#include "image/samples.h"

// Callgrind is told this name, so it is not mangled and not inlined.
extern "C" __attribute__((noinline)) std::size_t labday_counted_stage(
    const std::function<std::size_t()>& stage) {
  return stage();
}

namespace labday {
namespace {

// Small, for callgrind is some fifty times slower than the processor; large enough for several strips.
constexpr Size kSourceSize{480, 320};
constexpr std::size_t kFailed = 0;

/// As a chart or a logo has it: few colours, and next to each other mostly the same one.
Image flattened(Image picture) {
  for (std::size_t i = 0; i < picture.byte_count(); ++i) picture.data()[i] &= 0xc0;
  return picture;
}

Size doubled(Size size) { return {size.width * 2, size.height * 2}; }

std::size_t decoded_bytes(ByteView file) {
  const Result<Decoded> decoded = decode(file, {});
  return decoded ? decoded->image.byte_count() : kFailed;
}

// Written by libpng, so that what labday's own encoder writes does not change what is decoded.
Bytes libpng_file(ImageView view) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(view.size.width);
  image.height = static_cast<png_uint_32>(view.size.height);
  image.format = PNG_FORMAT_RGB;
  Bytes file(PNG_IMAGE_PNG_SIZE_MAX(image));
  png_alloc_size_t bytes = file.size();
  if (png_image_write_to_memory(&image, file.data(), &bytes, 0, view.data, 0, nullptr) == 0) bytes = 0;
  file.resize(bytes);
  return file;
}

// A stage makes its input from the source's size and returns what is counted: a function that returns how
// many bytes it made.
using Counted = std::function<std::size_t()>;
using Prepare = std::function<Counted(Size)>;

std::map<std::string, Prepare> stages() {
  const auto draw = [](Size size) { return draw_sample(1, 0, size); };
  std::map<std::string, Prepare> all;
  all["decode-jpeg"] = [=](Size size) -> Counted {
    return [file = encode_jpeg(draw(size).view(), 90)] { return decoded_bytes(file); };
  };
  all["decode-png"] = [=](Size size) -> Counted {
    return [file = libpng_file(draw(size).view())] { return decoded_bytes(file); };
  };
  all["resize-bicubic"] = [=](Size size) -> Counted {
    const auto source = std::make_shared<Image>(draw(size));
    return [=] { return resize(source->view(), doubled(size), Filter::bicubic).byte_count(); };
  };
  for (const std::string_view level_name : kPngLevelNames) {
    all["encode-" + std::string(level_name)] =
        [=, level = *png_level_from_name(level_name)](Size size) -> Counted {
      const auto rendition =
          std::make_shared<Image>(resize(draw(size).view(), doubled(size), Filter::bicubic));
      return [=] { return encode_png(rendition->view(), level).size(); };
    };
    all["encode-flat-" + std::string(level_name)] =
        [=, level = *png_level_from_name(level_name)](Size size) -> Counted {
      const auto picture = std::make_shared<Image>(flattened(draw(doubled(size))));
      return [=] { return encode_png(picture->view(), level).size(); };
    };
  }
  return all;
}

int run(const std::string& name) {
  if (name == "target") {
    std::puts(hwy::TargetName(hwy::SupportedTargets() & -hwy::SupportedTargets()));
    return 0;
  }
  const std::map<std::string, Prepare> all = stages();
  if (name == "list") {
    for (const auto& [stage, prepare] : all) std::puts(stage.c_str());
    return 0;
  }
  const auto found = all.find(name);
  if (found == all.end()) {
    std::fprintf(stderr, "no such stage: %s\n", name.c_str());
    return 2;
  }
  // What a process does once (choosing the SIMD target, building tables) is no part of the stage.
  const Counted first = found->second({16, 16});
  const Counted counted = found->second(kSourceSize);
  if (first() == kFailed || labday_counted_stage(counted) == kFailed) {
    std::fprintf(stderr, "the stage failed: %s\n", name.c_str());
    return 1;
  }
  return 0;
}

}  // namespace
}  // namespace labday

int main(int argc, char** argv) { return labday::run(argc == 2 ? argv[1] : ""); }
