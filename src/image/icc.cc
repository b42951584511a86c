#include "image/icc.h"

#include <cstring>

namespace labday {
namespace {

constexpr std::size_t kHeaderBytes = 128;

}  // namespace

ByteView fitting_profile(ByteView data, PixelFormat format) {
  if (data.size() < kHeaderBytes) return {};
  std::size_t declared = 0;
  for (std::size_t i = 0; i < 4; ++i) declared = declared << 8 | data[i];
  if (declared < kHeaderBytes || declared > data.size()) return {};
  const bool grey = format == PixelFormat::l || format == PixelFormat::la;
  const bool fits =
      std::memcmp(&data[16], grey ? "GRAY" : "RGB ", 4) == 0 && std::memcmp(&data[36], "acsp", 4) == 0;
  return fits ? data.first(declared) : ByteView();
}

}  // namespace labday
