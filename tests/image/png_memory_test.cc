// Encoding while the system refuses memory: each allocation of an encode fails in its turn, and
// std::bad_alloc comes out. The sanitizer build finds what would leak. Replaces operator new of this test's
// executable.
#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

#include "image/png_writer.h"

namespace {

int allocations_left = -1;  // until one fails; negative: none fails

void* allocate(std::size_t size, std::size_t alignment) {
  if (allocations_left == 0) throw std::bad_alloc();
  if (allocations_left > 0) --allocations_left;
  void* memory = nullptr;
  if (posix_memalign(&memory, alignment, size) != 0) throw std::bad_alloc();
  return memory;
}

}  // namespace

void* operator new(std::size_t size) { return allocate(size, alignof(std::max_align_t)); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  return allocate(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

namespace labday {
namespace {

// With an encoder whose buffers are not there yet.
Bytes encode(ImageView image, PngLevel level, ByteView profile) {
  const PngStrips strips(image.size, image.format, level);
  PngStripEncoder encoder;
  PngAssembly assembly(strips);
  Bytes file;
  assembly.begin(profile, file);
  PngStrip encoded;
  for (std::int32_t strip = 0; strip < strips.count(); ++strip) {
    const std::int32_t first = strips.first_row(strip);
    encoder.begin(strips, strip, first > 0 ? image.row(first - 1) : nullptr, encoded);
    encoder.write_rows(image.row(first), strips.first_row(strip + 1) - first);
    encoder.finish();
    assembly.add(encoded, file);
  }
  return file;
}

TEST(PngWriter, ThrowsBadAllocWhicheverAllocationFails) {
  Image image({300, 900}, PixelFormat::rgb);
  for (std::size_t i = 0; i < image.byte_count(); ++i)
    image.data()[i] = static_cast<std::uint8_t>(i * i >> 7);
  const Bytes profile(1000, 7);
  for (const PngLevel level : {PngLevel::fastest, PngLevel::fast, PngLevel::balanced, PngLevel::small}) {
    const Bytes expected = encode(image.view(), level, profile);
    int failures = 0;
    bool done = false;
    while (!done && failures < 1000) {
      allocations_left = failures;
      try {
        const Bytes file = encode(image.view(), level, profile);
        allocations_left = -1;
        EXPECT_EQ(file, expected);
        done = true;
      } catch (const std::bad_alloc&) {
        allocations_left = -1;
        ++failures;
      }
    }
    EXPECT_TRUE(done);
    EXPECT_GT(failures, 10);
  }
}

}  // namespace
}  // namespace labday
