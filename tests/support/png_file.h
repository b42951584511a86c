// Reading PNGs back in tests: by libpng, with every warning kept, and chunk by chunk with CRCs computed here.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace labday::testing {

struct PngContent {
  std::int32_t width = 0;
  std::int32_t height = 0;
  int channels = 0;
  int depth = 0;
  std::vector<std::uint8_t> pixels;
  std::string profile_name;
  std::vector<std::uint8_t> profile;
  std::vector<std::string> complaints;  // errors and warnings of libpng; empty for a sound file
};

/// Decodes without any conversion.
[[nodiscard]] PngContent read_by_libpng(ByteView file);

struct PngChunk {
  std::string type;
  std::vector<std::uint8_t> data;
  bool crc_is_right = false;
};

/// What stands behind the signature; ends early where the file does.
[[nodiscard]] std::vector<PngChunk> png_chunks(ByteView file);

}  // namespace labday::testing
