#include "image/deflate_search.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include <algorithm>
#include <cstring>

#include "image/deflate_runs.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "image/deflate_search.cc"
// No vectors: the targets bring shifts by any register and quick counts of zeros.
// clang-format off
#include <hwy/foreach_target.h>  // must come before highway.h
#include <hwy/highway.h>
// clang-format on

#ifndef LABDAY_DEFLATE_SEARCH
#define LABDAY_DEFLATE_SEARCH
namespace labday {
namespace {

/// A run at least as long is taken without looking for anything better.
constexpr std::uint32_t kLongRun = 16;
/// As many bytes are compared without a branch.
constexpr std::size_t kCompared = 16;
/// A match is length << 16 | kFar - distance: the greater, the longer; of equals, the nearer.
constexpr std::uint32_t kFar = kMaxDistance;

}  // namespace
}  // namespace labday
#endif

HWY_BEFORE_NAMESPACE();
namespace labday::HWY_NAMESPACE {
namespace {

HWY_INLINE std::uint64_t load8(const std::uint8_t* at) {
  std::uint64_t value;
  std::memcpy(&value, at, 8);
  return value;
}

/// kCompared bytes, to be compared with others.
#if defined(__SSE2__)
class Own {
 public:
  HWY_INLINE explicit Own(const std::uint8_t* at) : bytes_(load(at)) {}
  /// How many are the same there, from the first on.
  [[nodiscard]] HWY_INLINE std::uint32_t same(const std::uint8_t* there) const {
    const int equal = _mm_movemask_epi8(_mm_cmpeq_epi8(bytes_, load(there)));
    return static_cast<std::uint32_t>(__builtin_ctz(~static_cast<std::uint32_t>(equal)));
  }

 private:
  static HWY_INLINE __m128i load(const std::uint8_t* at) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  }
  __m128i bytes_;
};
#else
class Own {
 public:
  HWY_INLINE explicit Own(const std::uint8_t* at) : low_(load8(at)), high_(load8(at + 8)) {}
  [[nodiscard]] HWY_INLINE std::uint32_t same(const std::uint8_t* there) const {
    const std::uint64_t low = load8(there) ^ low_;
    const std::uint64_t high = load8(there + 8) ^ high_;
    if (low != 0) return static_cast<std::uint32_t>(__builtin_ctzll(low)) / 8;
    return high != 0 ? 8 + static_cast<std::uint32_t>(__builtin_ctzll(high)) / 8 : 16;
  }

 private:
  std::uint64_t low_;
  std::uint64_t high_;
};
#endif

template <std::size_t kBytes>
HWY_INLINE std::size_t hash(std::uint64_t eight, int bits) {
  return ((eight << (64 - 8 * kBytes)) * 0x9E3779B185EBCA87U) >> (64 - bits);
}

/// One block. What the loops need is copied in, so that the compiler keeps it in registers.
template <std::size_t kStep, std::size_t kWays>
class Search {
 public:
  Search(const MatchInput& input, MatchMemory& memory, MatchPaths& paths, Token* tokens)
      : strip_(input.strip),
        begin_(input.begin),
        end_(input.end),
        equal_(input.equal),
        bits_(memory.bits),
        shorter_(memory.shorter.data()),
        longer_(memory.longer.data()),
        paths_(paths),
        out_(tokens),
        literals_(input.begin) {}

  /// `first` is the first step of a line, lines are `line_bytes` apart; steps may begin within one.
  MatchFound run(std::size_t first, std::size_t line_bytes) {
    std::size_t at = std::max<std::size_t>(begin_, 1);
    std::size_t line = begin_;
    long_run_ = begin_;
    while (at < end_) {
      while (at >= line + line_bytes) line += line_bytes;
      if (long_run_ <= at) long_run_ = next_long_run(at);
      if (at == long_run_) {
        at = take_run(at);
        continue;
      }
      // Up to the next step there are literals.
      const std::size_t into_line = at - line;
      if (into_line < first) {
        at = line + first;
        continue;
      }
      if (const std::size_t past_step = (into_line - first) % kStep; past_step != 0) {
        at += kStep - past_step;
        continue;
      }
      const std::size_t stop = std::min(std::min(line + line_bytes, end_), long_run_);
      const std::size_t steps = std::min((stop - at) / kStep, MatchPaths::kSteps);
      if (steps == 0) {
        at = stop;
        continue;
      }
      find(at, steps);
      choose(at, steps);
      at = std::max(take(at, steps), at + steps * kStep);
    }
    *out_++ = {static_cast<std::uint32_t>(end_ - literals_), 0, 0};
    return {out_, saved_};
  }

 private:
  static constexpr std::size_t kShort = kStep == 1 ? 4 : 5;
  static constexpr std::size_t kLong = 8;

  [[nodiscard]] std::size_t next_long_run(std::size_t from) const {
    const std::size_t size = end_ - begin_;
    for (std::size_t w = (from - begin_) / 64; w * 64 < size; ++w) {
      unsigned __int128 window = static_cast<unsigned __int128>(equal_[w + 1]) << 64 | equal_[w];
      for (std::uint32_t have = 1; have < kLongRun; have *= 2) window &= window >> have;
      auto starts = static_cast<std::uint64_t>(window);
      if (w == (from - begin_) / 64) starts &= ~std::uint64_t{0} << ((from - begin_) % 64);
      if (starts != 0) return begin_ + w * 64 + static_cast<std::size_t>(__builtin_ctzll(starts));
    }
    return end_;
  }

  std::size_t take_run(std::size_t at) {
    std::size_t left = run_length(equal_, at - begin_);
    while (left >= kMinMatch) {
      const std::size_t length = std::min<std::size_t>(left, kMaxMatch);
      put(at, length, 1);
      at += length;
      left -= length;
    }
    return at + left;
  }

  HWY_INLINE void put(std::size_t at, std::size_t length, std::size_t distance) {
    *out_++ = {static_cast<std::uint32_t>(at - literals_), static_cast<std::uint16_t>(length),
               static_cast<std::uint16_t>(distance - 1)};
    literals_ = at + length;
  }

  /// How many of kCompared bytes are the same `distance` before, and the match that this makes.
  static HWY_INLINE std::uint32_t weigh(const Own& own, const std::uint8_t* now, std::uint32_t distance) {
    return own.same(now - distance) << 16 | (kFar - distance);
  }

  /// How far back a place is, 1 to kMaxDistance, if it is no farther; else somewhere, which does no harm.
  static HWY_INLINE std::uint32_t distance_to(std::size_t at, std::uint16_t place) {
    return ((static_cast<std::uint32_t>(at) - place - 1) & (kMaxDistance - 1)) + 1;
  }

  // Each of the three passes has the registers to itself: they are not inlined.

  /// The longest match of every step, which may have no byte; remembers the strings. The run is one of them.
  HWY_NOINLINE void find(std::size_t begin, std::size_t steps) {
    const std::size_t looked_at = end_ < kCompared + begin ? 0 : (end_ - kCompared - begin) / kStep + 1;
    const std::size_t full = std::min(steps, looked_at);
    std::uint32_t* const to = paths_.step.data();
    for (std::size_t i = 0; i < full; ++i) {
      const std::size_t at = begin + i * kStep;
      const std::uint8_t* const now = strip_ + at;
      const std::uint64_t eight = load8(now);
      const Own own(now);
      std::uint16_t* const slot = shorter_ + hash<kShort>(eight, bits_);
      std::uint16_t* const slots = longer_ + hash<kLong>(eight, bits_) * kWays;
      std::uint32_t best = std::max(weigh(own, now, 1), weigh(own, now, distance_to(at, *slot)));
      *slot = static_cast<std::uint16_t>(at);
      std::array<std::uint16_t, kWays> places;
      for (std::size_t way = 0; way < kWays; ++way) places[way] = slots[way];
      for (std::size_t way = kWays; way-- > 1;) slots[way] = places[way - 1];
      slots[0] = static_cast<std::uint16_t>(at);
      for (const std::uint16_t place : places) {
        best = std::max(best, weigh(own, now, distance_to(at, place)));
      }
      to[i] = best;
      if (best >= kCompared << 16) {
        best = to[i] = extended(at, best);
        // The steps that it covers have the rest of it.
        while (i + 1 < full && best >= (kCompared + kStep) << 16) {
          best -= kStep << 16;
          to[++i] = best;
        }
      }
    }
    std::fill(to + full, to + steps, 0);
  }

  [[nodiscard]] std::uint32_t extended(std::size_t at, std::uint32_t match) const {
    const std::uint8_t* const now = strip_ + at;
    const std::size_t distance = kFar - (match & 0xffff);
    const std::size_t most = std::min<std::size_t>(kMaxMatch, end_ - at);
    std::size_t length = kCompared;
    while (length < most) {
      const std::uint64_t differs = load8(now + length) ^ load8(now + length - distance);
      if (differs != 0) {
        length += static_cast<std::size_t>(__builtin_ctzll(differs)) / 8;
        break;
      }
      length += 8;
    }
    return static_cast<std::uint32_t>(std::min(length, most) << 16) | (match & 0xffff);
  }

  /// Chooses for every step, from the last to the first.
  HWY_NOINLINE void choose(std::size_t begin, std::size_t steps) {
    std::uint32_t* const chosen = paths_.step.data();
    std::uint32_t* const way = paths_.way.data() + (MatchPaths::kSteps - steps);
    std::uint32_t* const literals = paths_.literals.data() + (MatchPaths::kMaxBytes - steps * kStep);
    const std::uint32_t* const literal = paths_.literal.data();
    const MatchPaths::Length* const lengths = paths_.length.data();
    const std::uint16_t* const distance_cost = paths_.distance.data();
    std::uint32_t next = 0;
    std::uint32_t sum = 0;
    for (std::size_t i = steps; i-- > 0;) {
      const std::size_t at = begin + i * kStep;
      const std::uint32_t after = sum;
      for (std::size_t k = kStep; k-- > 0;) literals[i * kStep + k] = sum += literal[strip_[at + k]];
      // The cost, and below it what is chosen, so that the least of these has both. No choice: literals.
      std::uint64_t best = static_cast<std::uint64_t>(next + sum - after) << 32;

      const std::uint32_t match = chosen[i];
      const std::uint32_t length = match >> 16;
      const std::uint32_t distance = (kFar - 1) - (match & 0xffff);
      const std::uint32_t high = distance >> 8;
      const std::uint32_t slot =
          distance + ((256 + high - distance) & (0 - static_cast<std::uint32_t>(high != 0)));
      // A match that ends within a step is followed by literals up to the next one.
      const std::size_t to = i + lengths[length].steps;
      const std::uint32_t by_match = way[to] + lengths[length].cost + distance_cost[slot] +
                                     literals[i * kStep + length] - literals[to * kStep];
      best = std::min(best, static_cast<std::uint64_t>(by_match) << 32 | match);

      chosen[i] = static_cast<std::uint32_t>(best);
      next = way[i] = static_cast<std::uint32_t>(best >> 32);
    }
  }

  /// Writes what was chosen, and returns where its last match ends.
  HWY_NOINLINE std::size_t take(std::size_t begin, std::size_t steps) {
    const std::uint32_t* const chosen = paths_.step.data();
    const std::uint32_t* const literals = paths_.literals.data() + (MatchPaths::kMaxBytes - steps * kStep);
    for (std::size_t i = 0; i < steps;) {
      const std::uint32_t choice = chosen[i];
      if (choice == 0) {
        ++i;
        continue;
      }
      const std::size_t distance = kFar - (choice & 0xffff);
      std::size_t length = choice >> 16;
      std::size_t at = begin + i * kStep;
      if (distance != 1) {
        const std::uint32_t* const from = literals + i * kStep;
        saved_ += from[0] - from[length] - paths_.length[length].cost;
      }
      i += paths_.length[length].steps;
      // It may have begun before the step.
      for (std::size_t k = 1; k < kStep && at > literals_ && length < kMaxMatch && at > distance; ++k) {
        if (strip_[at - 1] != *(strip_ + at - 1 - distance)) break;
        --at;
        ++length;
      }
      put(at, length, distance);
    }
    return literals_;
  }

  const std::uint8_t* strip_;
  std::size_t begin_;
  std::size_t end_;
  const std::uint64_t* equal_;
  int bits_;
  std::uint16_t* shorter_;
  std::uint16_t* longer_;
  MatchPaths& paths_;
  Token* out_;
  std::size_t literals_;  // where those without a token begin
  std::size_t long_run_ = 0;
  std::uint64_t saved_ = 0;
};

MatchFound search_block(const MatchInput& input, bool every_byte, int ways, MatchMemory& memory,
                        MatchPaths& paths, Token* tokens) {
  const auto search = [&](auto search_of) {
    return search_of.run(every_byte ? 0 : 1, every_byte ? input.end : input.line_bytes);
  };
  if (every_byte && ways == 4) return search(Search<1, 4>(input, memory, paths, tokens));
  if (every_byte || input.pixel_bytes == 1) return search(Search<1, 1>(input, memory, paths, tokens));
  if (input.pixel_bytes == 2) return search(Search<2, 1>(input, memory, paths, tokens));
  if (input.pixel_bytes == 3) return search(Search<3, 1>(input, memory, paths, tokens));
  return search(Search<4, 1>(input, memory, paths, tokens));
}

}  // namespace
}  // namespace labday::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace labday {

HWY_EXPORT(search_block);

MatchFound search_matches(const MatchInput& input, bool every_byte, int ways, MatchMemory& memory,
                          MatchPaths& paths, Token* tokens) {
  return HWY_DYNAMIC_DISPATCH(search_block)(input, every_byte, ways, memory, paths, tokens);
}

}  // namespace labday
#endif  // HWY_ONCE
