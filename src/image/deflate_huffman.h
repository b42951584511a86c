// Huffman codes of limited length, from counts: lengths, and the canonical codes that follow from them (RFC
// 1951, section 3.2.2). Integers only: the same codes on every machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace labday {

/// The most symbols of one alphabet.
inline constexpr std::size_t kMaxSymbols = 288;

/// Sets the code length of every symbol: 0 for those that do not occur, else 1 to `max_length`, where
/// 2^max_length is at least the number of symbols. A single symbol gets length 1. The code is optimal where
/// the limit is not reached, and close to it where it is. `counts` add up to less than 2^31. Thread-safe.
void huffman_lengths(std::span<const std::uint32_t> counts, int max_length, std::span<std::uint8_t> lengths);

/// The codes for such lengths (1 to 15), their bits reversed, as deflate sends them. Thread-safe.
void huffman_codes(std::span<const std::uint8_t> lengths, std::span<std::uint16_t> codes);

}  // namespace labday
