// Where a block's strings have been before, and the cheapest way to send the block that follows from it.
//
// Strings are looked up at steps: at every pixel of every line, or at every byte. In filtered lines of nearly
// grey pictures the differences of a pixel's channels are the same, so that strings repeat from pixel to
// pixel; looking between them costs three times as much and finds little more. At each step the last
// occurrences of a short and of longer strings are compared, without a branch, and the longest is kept. Then,
// from the last step of a segment to its first, the cheapest of a literal step, a run and the match is
// chosen: the shortest path by the costs of symbols, one edge a step and kind. Source of the path: J. A.
// Storer, T. G. Szymanski, Data compression via textual substitution, Journal of the ACM 29 (1982).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "image/deflate_costs.h"
#include "image/deflate_symbols.h"

namespace labday {

/// A block of whole lines within a strip.
struct MatchInput {
  const std::uint8_t* strip = nullptr;  // 16 bytes after `end` can be read
  std::size_t begin = 0;
  std::size_t end = 0;
  const std::uint64_t* equal = nullptr;  // mark_equal() of the block
  std::size_t line_bytes = 0;            // the filter's byte, then the row
  std::size_t pixel_bytes = 1;           // 1 to 4
  bool flat = false;                     // mostly runs
};

/// How long strings are, and where each was last.
struct MatchMemory {
  int bits = 15;                              // of the hashes
  using Places = std::vector<std::uint16_t>;  // the low 16 bits of each

  /// The last place of a short string, by its hash.
  Places shorter;
  /// The last `ways` places of a longer one.
  Places longer;
};

/// The costs of symbols as the path needs them, and room for one segment.
struct MatchPaths {
  static constexpr std::size_t kSteps = 1024;  // of a segment, at most
  static constexpr std::size_t kMaxBytes = kSteps * 4;
  static constexpr std::uint32_t kNever = 1U << 20;

  std::array<std::uint32_t, kLiteralCount> literal;
  struct Length {
    std::uint32_t cost;   // with the extra bits
    std::uint32_t steps;  // that it reaches into
  };
  std::array<Length, kMaxMatch + 1> length;
  /// By the distance less one: below 256 by itself, else 256 and more by its high bits.
  std::array<std::uint16_t, 256 + 128> distance;

  std::array<std::uint32_t, kSteps> step;  // first the match, then what is chosen; 0: literals
  /// Of the way from a step to the end of the segment, which is at kSteps: what follows costs nothing.
  std::array<std::uint32_t, kSteps + kMaxMatch + 1> way{};
  /// Of the literals from a byte to the end of the segment, which is at kMaxBytes: what follows costs
  /// nothing.
  std::array<std::uint32_t, kMaxBytes + kMaxMatch + 4> literals{};
};

struct MatchFound {
  Token* tokens_end = nullptr;
  std::uint64_t saved = 0;  // by matches at other distances than 1, in units of costs
};

/// Writes the block's tokens, whose number is at most a third of its bytes and one. `ways` is 1, or 4
/// together with `every_byte`.
[[nodiscard]] MatchFound search_matches(const MatchInput& input, bool every_byte, int ways,
                                        MatchMemory& memory, MatchPaths& paths, Token* tokens);

}  // namespace labday
