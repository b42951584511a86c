#include "image/png_filter_choice.h"

#include <algorithm>

namespace labday {
namespace {

/// What is assumed before anything is known: sixteenths of a bit, of a picture neither smooth nor noisy.
constexpr DifferenceCosts kFirstCosts{24, 36, 48, 56, 64, 70, 75, 80, 84, 88, 92, 95, 98, 100, 102, 120};

/// A literal that did not occur would have taken about so many bits.
constexpr std::uint32_t kUnseenBits = 12;

}  // namespace

void PngFilterChoice::begin(const FilterSearch& search) {
  search_ = search;
  costs_ = kFirstCosts;
  rows_left_ = 0;
}

PngFilter PngFilterChoice::choose(const PngRow& row) {
  if (rows_left_ > 0) {
    --rows_left_;
    return last_;
  }
  rows_left_ = search_.rows - 1;
  const bool whole = search_.piece >= search_.distance || search_.distance >= row.bytes;
  const std::size_t piece = whole ? row.bytes : search_.piece;
  const std::size_t distance = std::max(search_.distance, piece);
  make_room(samples_, piece);
  std::array<std::uint64_t, kPngFilterCount> sums{};
  for (std::size_t first = 0; first + piece <= row.bytes; first += distance) {
    const std::size_t last = first + piece;
    for (std::size_t f = 0; f < sums.size(); ++f) {
      filter_png_row(static_cast<PngFilter>(f), row, first, last, samples_.data());
      sums[f] += difference_cost(samples_.data(), last - first, costs_);
    }
  }
  last_ = static_cast<PngFilter>(std::min_element(sums.begin(), sums.end()) - sums.begin());
  return last_;
}

void PngFilterChoice::learn(const CodeLengths& codes, const SymbolCounts& counts) {
  std::array<std::uint64_t, 16> bits{};
  std::array<std::uint64_t, 16> total{};
  for (std::size_t literal = 0; literal < kLiteralCount; ++literal) {
    const std::size_t magnitude = std::min(literal, kLiteralCount - literal);
    const std::size_t slot = std::min<std::size_t>(magnitude, 15);
    const std::uint32_t length = codes.litlen[literal] != 0 ? codes.litlen[literal] : kUnseenBits;
    const std::uint64_t weight = std::uint64_t{counts.litlen[literal]} + 1;
    bits[slot] += weight * length;
    total[slot] += weight;
  }
  for (std::size_t slot = 0; slot < costs_.size(); ++slot) {
    costs_[slot] = static_cast<std::uint8_t>(std::min<std::uint64_t>(255, 16 * bits[slot] / total[slot]));
  }
}

}  // namespace labday
