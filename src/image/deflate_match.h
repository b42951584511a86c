// The match finder: replaces literals and runs by matches where that saves bits.
//
// In the residuals of smooth regions almost any string has been there before; most such matches cost more
// than the literals and runs they would replace. So a block is coded as runs and literals first
// (deflate_runs.h), the bits of that code are added up byte by byte, and a match is taken only where it is
// cheaper than what it replaces. Strings of 8 and of 4 bytes are looked up, each by its last occurrence.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "image/deflate_costs.h"
#include "image/deflate_symbols.h"

namespace labday {

struct MatchEffort {
  bool lazy = false;   // looks whether a better match begins one byte later
  int candidates = 1;  // 1, 2 or 4: occurrences of 8 bytes that are tried, before the last one of 4
  int passes = 1;      // over a block; each after the first knows what the one before it sent
};

/// A block within a strip.
struct MatchInput {
  const std::uint8_t* strip = nullptr;  // 8 bytes after `end` can be read
  std::size_t begin = 0;
  std::size_t end = 0;
  const std::uint64_t* equal = nullptr;  // mark_equal() of the block
};

/// Remembers the strings of one strip, whose blocks come in order; some may be left out. Not thread-safe. May
/// throw std::bad_alloc.
class DeflateMatcher {
 public:
  /// Forgets everything; the next strip.
  void begin(const MatchEffort& effort);

  /// Replaces the tokens, those of find_runs(), by better ones. Returns how many bits that is believed to
  /// save. `costs` changes where there are several passes.
  std::uint64_t improve(const MatchInput& input, SymbolCosts& costs, Tokens& tokens);

 private:
  template <std::size_t kWays>
  struct Parse;
  using Positions = std::vector<std::uint16_t>;  // the low 16 bits of each

  void add_up_bits(const MatchInput& input, const SymbolCosts& costs, const Tokens& runs);
  std::uint64_t parse(const MatchInput& input, const SymbolCosts& costs, Tokens& tokens);

  MatchEffort effort_;
  Positions recent4_;
  Positions recent8_;
  Positions before4_;  // what they were before the block
  Positions before8_;
  Tokens runs_;
  std::vector<std::uint16_t, UninitialisedAllocator<std::uint16_t>> bits_before_;
};

}  // namespace labday
