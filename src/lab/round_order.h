// In which order the rounds of an experiment take place. A mode that always came first, or always behind the
// same other mode, would be timed on another machine than the rest: caches, the clock of the cores and the
// writing back of files all remember what was before.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "lab/random.h"

namespace labday {

/// Blocks in each of which every entry has one turn. The blocks are the rows of Williams' squares, with the
/// entries and the rows in random order: over each `entries` blocks every entry stands once at every place;
/// over each `entries` blocks (2 · `entries` where that number is odd) every entry stands once (twice)
/// directly behind every other. Between these, balance is as near as the rows so far allow.
/// Source: E. J. Williams, Experimental designs balanced for the estimation of residual effects of
/// treatments, Australian Journal of Scientific Research A 2 (1949).
class RoundOrder {
 public:
  /// At least one entry.
  RoundOrder(std::size_t entries, std::uint64_t seed);

  /// The entries 0 … entries - 1 in the order of the next block. There is no last block.
  [[nodiscard]] std::vector<std::size_t> next_block();

 private:
  void make_square();

  std::size_t entries_;
  Random random_;
  bool mirrored_ = false;                       // is the square at hand the second one of a pair?
  std::vector<std::size_t> labels_;             // of the pair of squares at hand
  std::vector<std::vector<std::size_t>> rows_;  // still to be played, the last one first
};

}  // namespace labday
