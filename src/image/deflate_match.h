// The match finder: sends a block as the literals, runs and matches that are believed to take the fewest
// bits.
//
// It remembers where strings were in the strip (deflate_search.h), knows what symbols cost from what was sent
// before, and can go over a block again with the costs of its own first result.
#pragma once

#include <cstddef>

#include "image/deflate_costs.h"
#include "image/deflate_search.h"
#include "image/deflate_symbols.h"

namespace labday {

/// How hard matches are looked for.
struct MatchEffort {
  struct Pass {
    bool every_byte = false;  // looks for strings at every byte rather than at every pixel
    int times = 1;            // over a block; each after the first knows what the one before it sent
  };
  int hash_bits = 15;  // of the tables of places
  int ways = 1;        // 1, or 4 if every byte is looked at: how many places of a long string are compared
  Pass usual;
  Pass flat;  // for blocks that are mostly runs: there is little to look at
};

/// For the blocks of one strip, in order; some may be left out. Not thread-safe. May throw std::bad_alloc.
class DeflateMatcher {
 public:
  /// Forgets everything; the next strip.
  void begin(const MatchEffort& effort);

  /// Overwrites `tokens`. Returns how many bits the matches at other distances than 1 are believed to save,
  /// compared with literals, before what their distances take. `costs` changes where there are several
  /// passes.
  std::uint64_t parse(const MatchInput& input, SymbolCosts& costs, Tokens& tokens);

 private:
  MatchEffort effort_;
  MatchMemory memory_;
  MatchMemory before_;  // the block
  MatchPaths paths_;
};

}  // namespace labday
