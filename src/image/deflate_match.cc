#include "image/deflate_match.h"

#include <hwy/base.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <type_traits>

#include "image/deflate_runs.h"

namespace labday {
namespace {

constexpr int kTableBits = 16;

/// A run at least as long is taken without looking for anything better.
constexpr std::size_t kLongRun = 24;
/// A match at least as long is taken without looking one byte later.
constexpr std::size_t kLongMatch = 32;
/// Shorter runs are literals.
constexpr std::size_t kMinRun = 4;
constexpr std::uint32_t kHashedBytes = 8;

std::uint64_t load8(const std::uint8_t* at) {
  std::uint64_t value;
  std::memcpy(&value, at, 8);
  return value;
}

std::size_t hash4(std::uint64_t eight) { return ((eight << 32) * 0x9E3779B185EBCA87U) >> (64 - kTableBits); }
std::size_t hash8(std::uint64_t eight) { return (eight * 0xC2B2AE3D27D4EB4FU) >> (64 - kTableBits); }

}  // namespace

/// One pass over a block. What it needs is copied in, so that the compiler keeps it in registers.
template <std::size_t kWays>
struct DeflateMatcher::Parse {
  const std::uint8_t* strip;
  std::size_t begin;
  std::size_t end;
  const std::uint64_t* equal;
  const std::uint16_t* bits_before;  // of position begin
  const SymbolCosts& costs;
  std::uint16_t* recent4;
  std::uint16_t* recent8;

  struct Match {
    std::uint32_t length = 0;
    std::uint32_t distance = 0;
    std::uint32_t gain = 0;
  };

  /// `same` bytes are known to match.
  HWY_INLINE void consider(std::size_t at, std::size_t distance, std::size_t same, Match& best) const {
    const std::uint8_t* now = strip + at;
    const std::size_t most = std::min<std::size_t>(kMaxMatch, end - at);
    std::size_t length = same;
    while (length < most) {
      const std::uint64_t differs = load8(now + length) ^ load8(now + length - distance);
      if (differs != 0) {
        length += static_cast<std::size_t>(__builtin_ctzll(differs)) / 8;
        break;
      }
      length += 8;
    }
    length = std::min(length, most);
    const std::uint32_t cost =
        costs.length[length] + costs.distance[distance_symbol(static_cast<std::uint32_t>(distance))];
    const std::uint16_t* const bits = bits_before + (at - begin);
    const std::uint32_t replaced = static_cast<std::uint16_t>(bits[length] - bits[0]);
    if (replaced > cost + best.gain) {
      best = {static_cast<std::uint32_t>(length), static_cast<std::uint32_t>(distance), replaced - cost};
    }
  }

  /// How far back the last place is whose position ends in these 16 bits: at most kMaxDistance, and within
  /// the strip; else 0, with which a string equals itself.
  HWY_INLINE static std::size_t distance_back(std::size_t at, std::uint16_t position) {
    const std::size_t back = static_cast<std::uint16_t>(at - position);
    return back <= std::min<std::size_t>(kMaxDistance, at) ? back : 0;
  }

  /// Looks up and remembers the string at a place that has kHashedBytes left.
  HWY_INLINE Match find(std::size_t at) const {
    Match best;
    const std::uint64_t eight = load8(strip + at);
    std::uint16_t* const slot8 = recent8 + hash8(eight) * kWays;
    std::uint16_t* const slot4 = recent4 + hash4(eight);
    const std::size_t back4 = distance_back(at, *slot4);
    *slot4 = static_cast<std::uint16_t>(at);
    std::array<std::size_t, kWays> back8;
    for (std::size_t way = 0; way < kWays; ++way) back8[way] = distance_back(at, slot8[way]);
    for (std::size_t way = kWays; way-- > 1;) slot8[way] = slot8[way - 1];
    slot8[0] = static_cast<std::uint16_t>(at);
    for (const std::size_t back : back8) {
      if (load8(strip + at - back) == eight && back != 0) consider(at, back, 8, best);
    }
    if (best.length == 0) {
      const std::uint64_t differs = load8(strip + at - back4) ^ eight;
      if (differs << 32 == 0 && back4 != 0) consider(at, back4, 4, best);
    }
    return best;
  }

  HWY_INLINE void remember(std::size_t at) const {
    const std::uint64_t eight = load8(strip + at);
    recent4[hash4(eight)] = static_cast<std::uint16_t>(at);
    std::uint16_t* const slot8 = recent8 + hash8(eight) * kWays;
    for (std::size_t way = kWays; way-- > 1;) slot8[way] = slot8[way - 1];
    slot8[0] = static_cast<std::uint16_t>(at);
  }

  /// Writes the tokens, and returns what the matches gain.
  template <bool kLazy>
  std::uint64_t run(Token*& out) const {
    std::uint64_t gain = 0;
    std::size_t literals = begin;  // where those without a token begin
    const std::size_t hash_end = end - std::min<std::size_t>(end - begin, kHashedBytes - 1);
    std::size_t at = begin;
    while (at < end) {
      std::size_t run = run_length(equal, at - begin);
      Match match;
      if (run < kLongRun && at < hash_end) {
        match = find(at);
        if constexpr (kLazy) {
          while (match.length != 0 && match.length < kLongMatch && run < kMinRun && at + 1 < hash_end) {
            const Match later = find(at + 1);
            if (later.gain <= match.gain + kBit / 2) break;
            ++at;
            match = later;
            run = run_length(equal, at - begin);
          }
        }
      }
      if (match.length == 0) {
        if (run < kMinRun) {
          ++at;
          continue;
        }
        match.length = static_cast<std::uint32_t>(std::min<std::size_t>(run, kMaxMatch));
        match.distance = 1;
        *out++ = {static_cast<std::uint32_t>(at - literals), static_cast<std::uint16_t>(match.length), 0};
        at = literals = at + match.length;
        continue;
      }
      *out++ = {static_cast<std::uint32_t>(at - literals), static_cast<std::uint16_t>(match.length),
                static_cast<std::uint16_t>(match.distance - 1)};
      gain += match.gain;
      literals = at + match.length;
      const std::size_t stop = std::min(literals, hash_end);
      for (++at; at < stop; ++at) remember(at);
      at = literals;
    }
    *out++ = {static_cast<std::uint32_t>(end - literals), 0, 0};
    return gain;
  }
};

void DeflateMatcher::begin(const MatchEffort& effort) {
  effort_ = effort;
  recent4_.assign(std::size_t{1} << kTableBits, std::uint16_t{0});
  recent8_.assign(static_cast<std::size_t>(effort.candidates) << kTableBits, std::uint16_t{0});
}

void DeflateMatcher::add_up_bits(const MatchInput& input, const SymbolCosts& costs, const Tokens& runs) {
  make_room(bits_before_, input.end - input.begin + 1);
  // A run's bits count at its last byte: a match that ends within saves none of them.
  const std::uint8_t* byte = input.strip + input.begin;
  std::uint16_t* to = bits_before_.data();
  std::uint16_t sum = 0;
  for (const Token& token : runs) {
    for (const std::uint8_t* const stop = byte + token.literals; byte != stop; ++byte) {
      *to++ = sum;
      sum = static_cast<std::uint16_t>(sum + costs.literal[*byte]);
    }
    if (token.length == 0) continue;
    to = std::fill_n(to, token.length, sum);
    sum = static_cast<std::uint16_t>(sum + costs.length[token.length] + costs.distance[0]);
    byte += token.length;
  }
  *to = sum;
}

std::uint64_t DeflateMatcher::parse(const MatchInput& input, const SymbolCosts& costs, Tokens& tokens) {
  // A match has kMinMatch bytes at least, and there is one token more.
  make_room(tokens, (input.end - input.begin) / kMinMatch + 1);
  Token* out = tokens.data();
  const auto with_ways = [&](auto ways) {
    const Parse<decltype(ways)::value> pass{input.strip,     input.begin,         input.end,
                                            input.equal,     bits_before_.data(), costs,
                                            recent4_.data(), recent8_.data()};
    return effort_.lazy ? pass.template run<true>(out) : pass.template run<false>(out);
  };
  const std::uint64_t gain = effort_.candidates == 4   ? with_ways(std::integral_constant<std::size_t, 4>())
                             : effort_.candidates == 2 ? with_ways(std::integral_constant<std::size_t, 2>())
                                                       : with_ways(std::integral_constant<std::size_t, 1>());
  tokens.resize(static_cast<std::size_t>(out - tokens.data()));
  return gain / kBit;
}

std::uint64_t DeflateMatcher::improve(const MatchInput& input, SymbolCosts& costs, Tokens& tokens) {
  if (effort_.passes == 1) {
    add_up_bits(input, costs, tokens);
    return parse(input, costs, tokens);
  }
  runs_.swap(tokens);
  before4_ = recent4_;
  before8_ = recent8_;
  std::uint64_t gain = 0;
  for (int pass = 0; pass < effort_.passes; ++pass) {
    if (pass > 0) {
      SymbolCounts counts;
      count_literals(input.strip + input.begin, tokens, counts.litlen);
      count_matches(tokens, counts);
      set_literal_costs(counts.litlen, costs);
      set_match_costs(counts, costs);
      recent4_ = before4_;
      recent8_ = before8_;
    }
    add_up_bits(input, costs, runs_);
    gain = parse(input, costs, tokens);
  }
  return gain;
}

}  // namespace labday
