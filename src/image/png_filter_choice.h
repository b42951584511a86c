// Which filter each row gets: the one whose differences would take the fewest bits, estimated from samples of
// the row with the code lengths of the block before it.
//
// The usual rule, the least sum of |d| (section 12.7 of the PNG specification), knows neither codes nor runs.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "image/deflate_block.h"
#include "image/png_filter.h"

namespace labday {

/// How hard a filter is looked for.
struct FilterSearch {
  std::int32_t rows = 1;     // that share a choice, made on the first of them
  std::size_t piece = 0;     // bytes of each sample
  std::size_t distance = 0;  // from one sample to the next; not above `piece`: the whole row
};

/// Chooses for the rows of one strip, from top to bottom. Not thread-safe. All of it may throw
/// std::bad_alloc.
class PngFilterChoice {
 public:
  /// A new strip.
  void begin(const FilterSearch& search);

  [[nodiscard]] PngFilter choose(const PngRow& row);

  /// Takes over what the literals of a block cost and how often they occurred.
  void learn(const CodeLengths& codes, const SymbolCounts& counts);

 private:
  FilterSearch search_;
  DifferenceCosts costs_{};
  std::int32_t rows_left_ = 0;  // that share the last choice
  PngFilter last_ = PngFilter::none;
  Bytes samples_;
};

}  // namespace labday
