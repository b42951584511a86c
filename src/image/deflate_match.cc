#include "image/deflate_match.h"

#include <algorithm>

namespace labday {
namespace {

void set_costs(const SymbolCosts& costs, std::uint32_t step, MatchPaths& paths) {
  std::copy(costs.literal.begin(), costs.literal.end(), paths.literal.begin());
  for (std::uint32_t length = 0; length <= kMaxMatch; ++length) {
    const bool possible = length > kMinMatch;
    paths.length[length] = {possible ? costs.length[length] : MatchPaths::kNever,
                            possible ? (length + step - 1) / step : 8};
  }
  for (std::uint32_t i = 0; i < paths.distance.size(); ++i) {
    const std::uint32_t less_one = i < 256 ? i : (i - 256) << 8;
    paths.distance[i] = costs.distance[distance_symbol(less_one + 1)];
  }
}

}  // namespace

void DeflateMatcher::begin(const MatchEffort& effort) {
  effort_ = effort;
  memory_.bits = effort.hash_bits;
  memory_.shorter.assign(std::size_t{1} << memory_.bits, std::uint16_t{0});
  memory_.longer.assign(static_cast<std::size_t>(effort.ways) << memory_.bits, std::uint16_t{0});
}

std::uint64_t DeflateMatcher::parse(const MatchInput& input, SymbolCosts& costs, Tokens& tokens) {
  // A match has kMinMatch bytes at least, and there is one token more.
  make_room(tokens, (input.end - input.begin) / kMinMatch + 1);
  const MatchEffort::Pass& effort = input.flat ? effort_.flat : effort_.usual;
  if (effort.times > 1) before_ = memory_;
  MatchFound found;
  for (int pass = 0; pass < effort.times; ++pass) {
    if (pass > 0) {
      SymbolCounts counts;
      const std::span<const Token> sent(tokens.data(), found.tokens_end);
      count_literals(input.strip + input.begin, sent, counts.litlen);
      count_matches(sent, counts);
      set_literal_costs(counts.litlen, costs);
      set_match_costs(counts, costs);
      memory_ = before_;
    }
    set_costs(costs, effort.every_byte ? 1 : static_cast<std::uint32_t>(input.pixel_bytes), paths_);
    found = search_matches(input, effort.every_byte, effort_.ways, memory_, paths_, tokens.data());
  }
  tokens.resize(static_cast<std::size_t>(found.tokens_end - tokens.data()));
  return found.saved / kBit;
}

}  // namespace labday
