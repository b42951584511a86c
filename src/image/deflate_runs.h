// Runs of one byte, found from a bitmap of equal neighbours: the cheapest matches of deflate (distance 1)
// and, in the filtered lines of a PNG, most of what there is to gain.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "image/deflate_symbols.h"

namespace labday {

/// Bit i of the bitmap says that byte i equals the byte before it. Two words of zeros follow.
[[nodiscard]] constexpr std::size_t equal_words(std::size_t size) { return (size + 63) / 64 + 2; }

/// Writes equal_words(size) words. The byte before `data` is looked at; the first bit is cleared where it
/// does not count. Thread-safe.
void mark_equal(const std::uint8_t* data, std::size_t size, bool has_previous, std::uint64_t* equal);

/// How many of `size` bytes equal the one before them.
[[nodiscard]] std::size_t equal_bytes(const std::uint64_t* equal, std::size_t size);

/// Splits `size` bytes into literals and runs of at least `min_run` (4 or 16) bytes that equal the one before
/// them, and ends with a token without a match. `tokens` is overwritten. May throw std::bad_alloc.
void find_runs(const std::uint64_t* equal, std::size_t size, std::uint32_t min_run, Tokens& tokens);

/// How many bytes from `at` on equal the byte before them. No more than up to the end of the bitmap.
[[nodiscard]] inline std::size_t run_length(const std::uint64_t* equal, std::size_t at) {
  std::size_t word = at / 64;
  const std::uint64_t rest = ~equal[word] >> (at % 64);
  if (rest != 0) return static_cast<std::size_t>(__builtin_ctzll(rest));
  const std::size_t start = at;
  do ++word;
  while (~equal[word] == 0);
  return word * 64 + static_cast<std::size_t>(__builtin_ctzll(~equal[word])) - start;
}

}  // namespace labday
