#include "image/deflate_runs.h"

#include <algorithm>
#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "image/deflate_runs.cc"
// clang-format off
#include <hwy/foreach_target.h>  // must come before highway.h
#include <hwy/highway.h>
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace labday::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

/// One word for the 64 bytes at `data`.
HWY_INLINE std::uint64_t equal_word(const std::uint8_t* data) {
  std::uint64_t word = 0;
#if HWY_TARGET == HWY_SCALAR
  for (std::size_t i = 0; i < 64; ++i) word |= std::uint64_t{data[i] == *(data + i - 1)} << i;
#else
  const hn::CappedTag<std::uint8_t, 64> d;
  for (std::size_t i = 0; i < 64; i += hn::Lanes(d)) {
    std::uint8_t bits[8] = {};
    hn::StoreMaskBits(d, hn::Eq(hn::LoadU(d, data + i), hn::LoadU(d, data + i - 1)), bits);
    std::uint64_t part = 0;
    std::memcpy(&part, bits, 8);
    word |= part << i;
  }
#endif
  return word;
}

void mark_equal_words(const std::uint8_t* data, std::size_t words, std::uint64_t* equal) {
  for (std::size_t w = 0; w < words; ++w) equal[w] = equal_word(data + w * 64);
}

/// Bit i: kMinRun bits from bit i of the word `now` on are set, those of the word `after` behind it included.
template <std::uint32_t kMinRun>
HWY_INLINE std::uint64_t run_starts(std::uint64_t now, std::uint64_t after) {
  if constexpr (kMinRun >= 16) {
    // Such a run fills a byte of this word, or goes on in the next.
    const std::uint64_t full_bytes = (~now - 0x0101010101010101U) & now & 0x8080808080808080U;
    if ((full_bytes | ((now >> 63) & after & 1)) == 0) return 0;
  }
  unsigned __int128 window = static_cast<unsigned __int128>(after) << 64 | now;
  for (std::uint32_t have = 1; have < kMinRun; have *= 2) window &= window >> have;
  return static_cast<std::uint64_t>(window);
}

template <std::uint32_t kMinRun>
HWY_INLINE Token* find_runs_from(const std::uint64_t* equal, std::size_t size, Token* out) {
  std::size_t literals = 0;  // where those that wait for their token begin
  std::size_t done = 0;      // up to here nothing more is to be found
  for (std::size_t w = 0; w * 64 < size; w = std::max(w + 1, done / 64)) {
    std::uint64_t starts = run_starts<kMinRun>(equal[w], equal[w + 1]);
    if (done > w * 64) starts &= ~std::uint64_t{0} << (done - w * 64);
    while (starts != 0) {
      std::size_t at = w * 64 + static_cast<std::size_t>(__builtin_ctzll(starts));
      std::size_t left = run_length(equal, at);
      while (left >= kMinMatch) {
        const std::size_t length = std::min<std::size_t>(left, kMaxMatch);
        *out++ = {static_cast<std::uint32_t>(at - literals), static_cast<std::uint16_t>(length), 0};
        at += length;
        left -= length;
        literals = at;
      }
      done = at + left;  // one or two bytes may be left over as literals
      if (done >= (w + 1) * 64) break;
      starts &= ~std::uint64_t{0} << (done - w * 64);
    }
  }
  *out++ = {static_cast<std::uint32_t>(size - literals), 0, 0};
  return out;
}

Token* find_runs_of(const std::uint64_t* equal, std::size_t size, std::uint32_t min_run, Token* out) {
  return min_run >= 16 ? find_runs_from<16>(equal, size, out) : find_runs_from<4>(equal, size, out);
}

}  // namespace
}  // namespace labday::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace labday {

HWY_EXPORT(mark_equal_words);
HWY_EXPORT(find_runs_of);

void mark_equal(const std::uint8_t* data, std::size_t size, bool has_previous, std::uint64_t* equal) {
  const std::size_t whole = size / 64;
  HWY_DYNAMIC_DISPATCH(mark_equal_words)(data, whole, equal);
  std::uint64_t rest = 0;
  for (std::size_t i = whole * 64; i < size; ++i) {
    rest |= std::uint64_t{data[i] == *(data + i - 1)} << (i % 64);
  }
  equal[whole] = rest;
  std::fill(equal + whole + 1, equal + equal_words(size), 0);
  if (!has_previous) equal[0] &= ~std::uint64_t{1};
}

std::size_t equal_bytes(const std::uint64_t* equal, std::size_t size) {
  // Sums of two, four and eight bits side by side: the processor's own instruction is not to be counted on.
  std::size_t sum = 0;
  for (std::size_t w = 0; w * 64 < size; ++w) {
    std::uint64_t x = equal[w];
    x -= (x >> 1) & 0x5555555555555555U;
    x = (x & 0x3333333333333333U) + ((x >> 2) & 0x3333333333333333U);
    x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0fU;
    sum += (x * 0x0101010101010101U) >> 56;
  }
  return sum;
}

void find_runs(const std::uint64_t* equal, std::size_t size, std::uint32_t min_run, Tokens& tokens) {
  // A run has three bytes at least, and there is one token more.
  make_room(tokens, size / kMinMatch + 1);
  Token* const end = HWY_DYNAMIC_DISPATCH(find_runs_of)(equal, size, min_run, tokens.data());
  tokens.resize(static_cast<std::size_t>(end - tokens.data()));
}

}  // namespace labday
#endif  // HWY_ONCE
