#include "image/deflate_match.h"

#include <algorithm>
#include <cstring>

#include "image/deflate_runs.h"

namespace labday {
namespace {

constexpr int kTableBits = 15;

/// A run at least as long is taken without looking for anything better.
constexpr std::size_t kLongRun = 24;
constexpr std::uint32_t kHashedBytes = 8;

std::uint64_t load8(const std::uint8_t* at) {
  std::uint64_t value;
  std::memcpy(&value, at, 8);
  return value;
}

std::size_t hash5(std::uint64_t eight) { return ((eight << 24) * 0x9E3779B185EBCA87U) >> (64 - kTableBits); }
std::size_t hash8(std::uint64_t eight) { return (eight * 0xC2B2AE3D27D4EB4FU) >> (64 - kTableBits); }

}  // namespace

struct DeflateMatcher::Parse {
  const std::uint8_t* strip;
  std::size_t begin;
  std::size_t end;
  std::size_t ways;
  const std::uint64_t* equal;
  const std::uint16_t* bits_before;
  const SymbolCosts& costs;
  std::uint16_t* recent5;
  std::uint16_t* recent8;
  Tokens& tokens;

  struct Match {
    std::uint32_t length = 0;
    std::uint32_t distance = 0;
    std::uint32_t gain = 0;
  };

  [[nodiscard]] std::uint32_t replaced_bits(std::size_t at, std::size_t length) const {
    const std::size_t i = at - begin;
    return static_cast<std::uint16_t>(bits_before[i + length] - bits_before[i]);
  }

  /// `same` bytes are known to match.
  void consider(std::size_t at, std::size_t distance, std::size_t same, Match& best) const {
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
    const std::uint32_t replaced = replaced_bits(at, length);
    if (replaced > cost && replaced - cost > best.gain) {
      best = {static_cast<std::uint32_t>(length), static_cast<std::uint32_t>(distance), replaced - cost};
    }
  }

  /// How far back the last place is whose position ends in these 16 bits: at most kMaxDistance, and within
  /// the strip; else 0, with which a string equals itself and gains nothing.
  [[nodiscard]] static std::size_t distance_back(std::size_t at, std::uint16_t position) {
    const std::size_t back = static_cast<std::uint16_t>(at - position);
    return back <= std::min<std::size_t>(kMaxDistance, at) ? back : 0;
  }

  /// Looks up and remembers the string at a place that has kHashedBytes left.
  Match find(std::size_t at) const {
    Match best;
    const std::uint64_t eight = load8(strip + at);
    const auto now = static_cast<std::uint16_t>(at);
    std::uint16_t* const slot8 = recent8 + hash8(eight) * ways;
    std::uint16_t& slot5 = recent5[hash5(eight)];
    const std::size_t back5 = distance_back(at, slot5);
    slot5 = now;
    std::uint16_t newer = now;
    for (std::size_t way = 0; way < ways; ++way) {
      const std::uint16_t there = slot8[way];
      slot8[way] = newer;
      newer = there;
      const std::size_t back = distance_back(at, there);
      if (load8(strip + at - back) == eight && back != 0) consider(at, back, 8, best);
    }
    if (best.length == 0) {
      const std::uint64_t differs = load8(strip + at - back5) ^ eight;
      if ((differs << 24) == 0 && back5 != 0) consider(at, back5, 5, best);
    }
    return best;
  }

  void remember(std::size_t at) const {
    const std::uint64_t eight = load8(strip + at);
    const auto now = static_cast<std::uint16_t>(at);
    recent5[hash5(eight)] = now;
    std::uint16_t* const slot8 = recent8 + hash8(eight) * ways;
    for (std::size_t way = ways; way-- > 1;) slot8[way] = slot8[way - 1];
    slot8[0] = now;
  }

  template <bool kLazy>
  std::uint64_t run() const {
    std::uint64_t gain = 0;
    std::size_t literals = begin;  // where those without a token begin
    const std::size_t hash_end = end - std::min<std::size_t>(end - begin, kHashedBytes - 1);
    const auto take = [&](std::size_t at, std::size_t length, std::size_t distance) {
      tokens.push_back({static_cast<std::uint32_t>(at - literals), static_cast<std::uint16_t>(length),
                        static_cast<std::uint16_t>(distance - 1)});
      literals = at + length;
    };
    std::size_t at = begin;
    while (at < end) {
      std::size_t run = run_length(equal, at - begin);
      Match match;
      if (run < kLongRun && at < hash_end) {
        match = find(at);
        if constexpr (kLazy) {
          while (match.length != 0 && match.length < 32 && run < 4 && at + 1 < hash_end) {
            const Match later = find(at + 1);
            if (later.gain <= match.gain + kBit / 2) break;
            ++at;
            match = later;
            run = run_length(equal, at - begin);
          }
        }
      }
      if (match.length != 0) {
        take(at, match.length, match.distance);
        gain += match.gain;
        const std::size_t stop = std::min(at + match.length, hash_end);
        for (++at; at < stop; ++at) remember(at);
        at = literals;
      } else if (run >= 4) {
        run = std::min<std::size_t>(run, kMaxMatch);
        take(at, run, 1);
        at = literals;
      } else {
        ++at;
      }
    }
    tokens.push_back({static_cast<std::uint32_t>(end - literals), 0, 0});
    return gain;
  }
};

void DeflateMatcher::begin(const MatchEffort& effort) {
  effort_ = effort;
  recent5_.assign(std::size_t{1} << kTableBits, std::uint16_t{0});
  recent8_.assign(static_cast<std::size_t>(effort.candidates) << kTableBits, std::uint16_t{0});
}

std::uint64_t DeflateMatcher::improve(const MatchInput& input, const SymbolCosts& costs, Tokens& tokens) {
  const std::size_t size = input.end - input.begin;
  make_room(bits_before_, size + 1);
  // A run's bits count at its last byte: a match that ends within saves none of them.
  const std::uint8_t* byte = input.strip + input.begin;
  std::uint16_t* to = bits_before_.data();
  std::uint16_t sum = 0;
  for (const Token& token : tokens) {
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
  tokens.swap(runs_);
  tokens.clear();
  const Parse parse{input.strip,     input.begin,
                    input.end,       static_cast<std::size_t>(effort_.candidates),
                    input.equal,     bits_before_.data(),
                    costs,           recent5_.data(),
                    recent8_.data(), tokens};
  return (effort_.lazy ? parse.run<true>() : parse.run<false>()) / kBit;
}

}  // namespace labday
