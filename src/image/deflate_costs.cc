#include "image/deflate_costs.h"

#include <algorithm>

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
  CodeLengths usual;
  for (std::size_t i = 0; i < kLengthExtra.size(); ++i) {
    usual.litlen[257 + i] = static_cast<std::uint8_t>(i < 16 ? 6 : 9);
  }
  for (std::size_t i = 0; i < kDistanceSymbols; ++i) {
    usual.distance[i] = static_cast<std::uint8_t>(i == 0 ? 2 : i < 12 ? 6 : 4);
  }
  set_match_costs(usual, costs);
}

void set_match_costs(const CodeLengths& codes, SymbolCosts& costs) {
  for (std::uint32_t length = kMinMatch; length <= kMaxMatch; ++length) {
    const std::size_t index = kLengthIndex[length];
    const std::uint32_t code = codes.litlen[257 + index];
    const std::uint32_t bits = (code != 0 ? code : kUnseenLengthBits) + kLengthExtra[index].count;
    costs.length[length] = static_cast<std::uint16_t>(bits * kBit);
  }
  for (std::size_t i = 0; i < kDistanceSymbols; ++i) {
    const std::uint32_t code = codes.distance[i];
    const std::uint32_t bits = (code != 0 ? code : kUnseenDistanceBits) + kDistanceExtra[i].count;
    costs.distance[i] = static_cast<std::uint16_t>(bits * kBit);
  }
}

}  // namespace labday
