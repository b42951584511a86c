#include "image/icc.h"

#include <cstring>

namespace labday {
namespace {

constexpr std::size_t kHeaderBytes = 128;

}  // namespace

bool icc_describes(ByteView profile, PixelFormat format) {
  if (profile.size() < kHeaderBytes) return false;
  std::size_t declared = 0;
  for (std::size_t i = 0; i < 4; ++i) declared = declared << 8 | profile[i];
  if (declared < kHeaderBytes || declared > profile.size()) return false;
  const bool grey = format == PixelFormat::l || format == PixelFormat::la;
  return std::memcmp(&profile[16], grey ? "GRAY" : "RGB ", 4) == 0 &&
         std::memcmp(&profile[36], "acsp", 4) == 0;
}

}  // namespace labday
