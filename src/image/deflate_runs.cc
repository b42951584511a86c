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

}  // namespace
}  // namespace labday::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace labday {

HWY_EXPORT(mark_equal_words);

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

void find_runs(const std::uint64_t* equal, std::size_t size, std::uint32_t min_run, Tokens& tokens) {
  // A run has three bytes at least, and there is one token more.
  make_room(tokens, size / kMinMatch + 1);
  Token* out = tokens.data();
  std::size_t literals = 0;  // where those that wait for their token begin
  std::size_t done = 0;      // up to here nothing more is to be found
  const std::size_t words = (size + 63) / 64;
  for (std::size_t w = 0; w < words;) {
    unsigned __int128 window = static_cast<unsigned __int128>(equal[w + 1]) << 64 | equal[w];
    // Bit i becomes: min_run bits from i on are set.
    std::uint32_t have = 1;
    for (; 2 * have <= min_run; have *= 2) window &= window >> have;
    window &= window >> (min_run - have);
    auto starts = static_cast<std::uint64_t>(window);
    if (done > w * 64) starts &= ~std::uint64_t{0} << (done - w * 64);
    if (starts == 0) {
      ++w;
      continue;
    }
    const std::size_t start = w * 64 + static_cast<std::size_t>(__builtin_ctzll(starts));
    std::size_t left = run_length(equal, start);
    std::size_t at = start;
    while (left >= kMinMatch) {
      const std::size_t length = std::min<std::size_t>(left, kMaxMatch);
      *out++ = {static_cast<std::uint32_t>(at - literals), static_cast<std::uint16_t>(length), 0};
      at += length;
      left -= length;
      literals = at;
    }
    done = at + left;  // one or two bytes may be left over as literals
    w = std::max(w, done / 64);
    if (w * 64 >= size) break;
  }
  *out++ = {static_cast<std::uint32_t>(size - literals), 0, 0};
  tokens.resize(static_cast<std::size_t>(out - tokens.data()));
}

}  // namespace labday
#endif  // HWY_ONCE
