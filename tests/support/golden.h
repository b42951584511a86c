// For values that were computed once and must come out on every machine, with every compiler and SIMD target.
#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace labday::testing {

/// FNV-1a, 64 bits; `hash` goes on from what came before.
[[nodiscard]] inline std::uint64_t golden_hash(ByteView bytes, std::uint64_t hash = 0xCBF29CE484222325U) {
  for (const std::uint8_t byte : bytes) hash = (hash ^ byte) * 0x100000001B3U;
  return hash;
}

}  // namespace labday::testing
