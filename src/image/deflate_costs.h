// What symbols are expected to cost, in sixteenths of a bit, before their codes are known: by which a match
// is weighed against the literals and runs that it would replace. Integers only.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "image/deflate_block.h"
#include "image/deflate_symbols.h"

namespace labday {

inline constexpr std::uint32_t kBit = 16;  // of the unit of costs

/// 16 × log2(x), rounded down; x is at least 1.
[[nodiscard]] constexpr std::uint32_t sixteenths_of_log2(std::uint32_t x) {
  const auto whole = static_cast<std::uint32_t>(std::bit_width(x)) - 1;
  std::uint32_t result = whole;
  // NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult): it reckons with 0, too
  std::uint64_t rest = std::uint64_t{x} << (31 - whole);  // x / 2^whole with 31 fractional bits: 1 to 2
  for (int bit = 0; bit < 4; ++bit) {
    rest = rest * rest >> 31;
    const bool above_two = rest >= std::uint64_t{1} << 32;
    result = 2 * result + (above_two ? 1 : 0);
    if (above_two) rest >>= 1;
  }
  return result;
}

struct SymbolCosts {
  std::array<std::uint8_t, kLiteralCount> literal;
  std::array<std::uint16_t, kMaxMatch + 1> length;       // with the extra bits
  std::array<std::uint16_t, kDistanceSymbols> distance;  // the same
};

/// Literals by how often they occur in the block; at least a bit, which is what a code takes.
void set_literal_costs(const std::array<std::uint32_t, kLitLenSymbols>& counts, SymbolCosts& costs);

/// Matches as usual in filtered lines.
void set_usual_match_costs(SymbolCosts& costs);

/// Matches by how often each symbol was sent, in the block before or in a first pass over this one.
void set_match_costs(const SymbolCounts& counts, SymbolCosts& costs);

}  // namespace labday
