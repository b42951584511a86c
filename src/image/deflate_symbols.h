// The alphabets of deflate (RFC 1951, section 3.2.5): how lengths and distances of matches become symbols and
// extra bits.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/bytes.h"

namespace labday {

inline constexpr std::size_t kLiteralCount = 256;
inline constexpr std::size_t kEndOfBlock = 256;
inline constexpr std::size_t kLitLenSymbols = 286;
inline constexpr std::size_t kDistanceSymbols = 30;

inline constexpr std::uint32_t kMinMatch = 3;
inline constexpr std::uint32_t kMaxMatch = 258;
inline constexpr std::uint32_t kMaxDistance = 32768;

/// A symbol with its extra bits: the value coded is base + extra.
struct ExtraBits {
  std::uint16_t base = 0;
  std::uint8_t count = 0;
};

inline constexpr std::array<ExtraBits, kLitLenSymbols - 257> kLengthExtra = [] {
  std::array<ExtraBits, kLitLenSymbols - 257> table{};
  for (std::uint32_t i = 0, base = kMinMatch; i < 28; ++i) {
    const std::uint32_t count = i < 8 ? 0 : (i - 4) / 4;
    table[i] = {static_cast<std::uint16_t>(base), static_cast<std::uint8_t>(count)};
    base += 1U << count;
  }
  table[28] = {kMaxMatch, 0};
  return table;
}();

inline constexpr std::array<ExtraBits, kDistanceSymbols> kDistanceExtra = [] {
  std::array<ExtraBits, kDistanceSymbols> table{};
  for (std::uint32_t i = 0, base = 1; i < kDistanceSymbols; ++i) {
    const std::uint32_t count = i < 4 ? 0 : (i - 2) / 2;
    table[i] = {static_cast<std::uint16_t>(base), static_cast<std::uint8_t>(count)};
    base += 1U << count;
  }
  return table;
}();

/// By length, 3 to 258: which entry of kLengthExtra; the symbol is 257 more.
inline constexpr std::array<std::uint8_t, kMaxMatch + 1> kLengthIndex = [] {
  std::array<std::uint8_t, kMaxMatch + 1> table{};
  for (std::uint32_t length = kMinMatch; length <= kMaxMatch; ++length) {
    std::uint8_t i = 28;
    while (kLengthExtra[i].base > length) --i;
    table[length] = i;
  }
  return table;
}();

/// The symbol of a distance, 1 to 32768.
[[nodiscard]] constexpr std::uint32_t distance_symbol(std::uint32_t distance) {
  const std::uint32_t value = distance - 1;
  if (value < 4) return value;
  const auto top = static_cast<std::uint32_t>(std::bit_width(value)) - 1;
  return 2 * top + ((value >> (top - 1)) & 1);
}

/// So many literals, then a match; the last token of a block has no match (length 0).
struct Token {
  std::uint32_t literals;
  std::uint16_t length;
  std::uint16_t distance_less_one;

  [[nodiscard]] std::uint32_t distance() const { return std::uint32_t{distance_less_one} + 1; }
};

/// Uninitialised where resized.
using Tokens = std::vector<Token, UninitialisedAllocator<Token>>;

}  // namespace labday
