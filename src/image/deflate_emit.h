// The innermost loop of deflate: tokens to bits, with tables made for one block. Two literals are looked up
// at once, in a table of all pairs, and four go into the bit stream between two stores.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "image/deflate_bits.h"
#include "image/deflate_symbols.h"

namespace labday {

/// The longest code of a literal or a length: two of them and their count fit 32 bits.
inline constexpr int kMaxLitLenBits = 13;
inline constexpr int kMaxDistanceBits = 15;
/// An upper bound of what a byte becomes.
inline constexpr std::size_t kMaxBitsOfAByte = kMaxLitLenBits;

/// A code and how many bits it has: bits | count << 27.
using PackedCode = std::uint32_t;
inline constexpr int kPackedCountShift = 27;
inline constexpr PackedCode kPackedBits = (PackedCode{1} << kPackedCountShift) - 1;

/// The codes of one block, ready to be sent. 260 KiB, made anew for every block where it is needed.
struct EmitTables {
  alignas(64) std::array<PackedCode, std::size_t{1} << 16> pairs;  // by first literal + 256 × second
  alignas(64) std::array<PackedCode, kLiteralCount> literals;
  std::array<PackedCode, kMaxMatch + 1> lengths;  // with their extra bits
  std::array<PackedCode, kDistanceSymbols> distances;
  PackedCode end_of_block;
};

/// Fills in `pairs` from `literals`. A literal without a code has 0 bits; it does not occur.
void fill_pairs(EmitTables& tables);

/// Writes the tokens, whose literals and matches follow one another in `data`, and the end of the block. The
/// memory of `out` suffices for kMaxBitsOfAByte bits a byte of data and 16 bytes.
void emit_tokens(const EmitTables& tables, const std::uint8_t* data, std::span<const Token> tokens,
                 BitWriter& out);

}  // namespace labday
