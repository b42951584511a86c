#include "image/deflate_costs.h"

#include <algorithm>
#include <numeric>

namespace labday {
namespace {

// What a symbol is taken to cost that the block before had no code for.
constexpr std::uint32_t kUnseenLengthBits = 11;
constexpr std::uint32_t kUnseenDistanceBits = 8;

}  // namespace

void set_literal_costs(const std::array<std::uint32_t, kLitLenSymbols>& counts, SymbolCosts& costs) {
  std::uint32_t total = 1;
  for (std::size_t i = 0; i < kLiteralCount; ++i) total += counts[i];
  const std::uint32_t all = sixteenths_of_log2(total);
  for (std::size_t i = 0; i < kLiteralCount; ++i) {
    const std::uint32_t cost = counts[i] == 0 ? all : all - sixteenths_of_log2(counts[i]);
    costs.literal[i] = static_cast<std::uint8_t>(std::clamp(cost, kBit, kMaxLitLenBits * kBit));
  }
}

void set_usual_match_costs(SymbolCosts& costs) {
  // As if a block of 1000 symbols had these.
  SymbolCounts usual;
  usual.litlen[0] = 700;
  for (std::size_t i = 0; i < kLengthExtra.size(); ++i) usual.litlen[257 + i] = i < 16 ? 16 : 2;
  for (std::size_t i = 0; i < kDistanceSymbols; ++i) usual.distance[i] = i == 0 ? 80 : i < 12 ? 4 : 16;
  set_match_costs(usual, costs);
}

void set_match_costs(const SymbolCounts& counts, SymbolCosts& costs) {
  const std::uint32_t litlen =
      sixteenths_of_log2(std::accumulate(counts.litlen.begin(), counts.litlen.end(), std::uint32_t{1}));
  const std::uint32_t distances =
      sixteenths_of_log2(std::accumulate(counts.distance.begin(), counts.distance.end(), std::uint32_t{1}));
  const auto cost = [](std::uint32_t all, std::uint32_t count, std::uint32_t unseen, std::uint32_t extra) {
    const std::uint32_t code = count == 0 ? unseen * kBit : std::max(kBit, all - sixteenths_of_log2(count));
    return static_cast<std::uint16_t>(code + extra * kBit);
  };
  for (std::uint32_t length = kMinMatch; length <= kMaxMatch; ++length) {
    const std::size_t index = kLengthIndex[length];
    costs.length[length] =
        cost(litlen, counts.litlen[257 + index], kUnseenLengthBits, kLengthExtra[index].count);
  }
  for (std::size_t i = 0; i < kDistanceSymbols; ++i) {
    costs.distance[i] = cost(distances, counts.distance[i], kUnseenDistanceBits, kDistanceExtra[i].count);
  }
}

}  // namespace labday
