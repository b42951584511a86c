#include "lab/round_order.h"

#include <algorithm>
#include <cassert>
#include <numeric>
#include <span>

namespace labday {

RoundOrder::RoundOrder(std::size_t entries, std::uint64_t seed) : entries_(entries), random_(seed) {
  assert(entries >= 1);
}

std::vector<std::size_t> RoundOrder::next_block() {
  if (rows_.empty()) make_square();
  std::vector<std::size_t> row = std::move(rows_.back());
  rows_.pop_back();
  return row;
}

void RoundOrder::make_square() {
  // An odd square is balanced for what comes before only together with its mirror image.
  mirrored_ = entries_ % 2 != 0 && !labels_.empty() && !mirrored_;
  if (!mirrored_) {
    labels_.resize(entries_);
    std::iota(labels_.begin(), labels_.end(), std::size_t{0});
    random_.shuffle(std::span(labels_));
  }
  for (std::size_t shift = 0; shift < entries_; ++shift) {
    std::vector<std::size_t> row;
    for (std::size_t place = 0; place < entries_; ++place) {
      // 0, 1, n - 1, 2, n - 2, …: neighbours differ by 1, -2, 3, -4, …, each difference once.
      const std::size_t step = place % 2 != 0 ? (place + 1) / 2 : (entries_ - place / 2) % entries_;
      row.push_back(labels_[(step + shift) % entries_]);
    }
    if (mirrored_) std::reverse(row.begin(), row.end());
    rows_.push_back(std::move(row));
  }
  random_.shuffle(std::span(rows_));
}

}  // namespace labday
