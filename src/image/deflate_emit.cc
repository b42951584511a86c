#include "image/deflate_emit.h"

#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "image/deflate_emit.cc"
// Besides vectors, the targets bring shifts by any register, of which the loops below consist.
// clang-format off
#include <hwy/foreach_target.h>  // must come before highway.h
#include <hwy/highway.h>
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace labday::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

void fill_all_pairs(EmitTables& tables) {
  const hn::CappedTag<std::uint32_t, 16> d;
  // The second code stands above the first, whose length is the power of two to multiply by.
  alignas(64) std::uint32_t powers[kLiteralCount];
  for (std::size_t first = 0; first < kLiteralCount; ++first) {
    powers[first] = 1U << (tables.literals[first] >> kPackedCountShift);
  }
  for (std::size_t second = 0; second < kLiteralCount; ++second) {
    const PackedCode code = tables.literals[second];
    if (code == 0) continue;
    const auto bits = hn::Set(d, code & kPackedBits);
    const auto count = hn::Set(d, code & ~kPackedBits);
    PackedCode* const row = tables.pairs.data() + second * kLiteralCount;
    for (std::size_t first = 0; first < kLiteralCount; first += hn::Lanes(d)) {
      const auto shifted = hn::Mul(bits, hn::Load(d, powers + first));
      hn::Store(hn::Add(hn::Add(hn::Load(d, tables.literals.data() + first), count), shifted), d,
                row + first);
    }
  }
}

/// A BitWriter whose state stays in registers.
struct Bits {
  std::uint8_t* out;
  std::uint64_t bits;
  std::uint32_t count;

  HWY_INLINE void add(std::uint64_t more, std::uint32_t more_count) {
    bits |= more << count;
    count += more_count;
  }
  HWY_INLINE void add(PackedCode code) { add(code & kPackedBits, code >> kPackedCountShift); }
  HWY_INLINE void flush() {
    std::memcpy(out, &bits, 8);
    out += count >> 3;
    bits >>= count & 56;
    count &= 7;
  }
};

HWY_INLINE void emit_literals(const EmitTables& tables, const std::uint8_t* data, std::size_t n, Bits& to) {
  const std::uint8_t* const end = data + n;
  while (end - data >= 4) {
    std::uint32_t four;
    std::memcpy(&four, data, 4);
    const PackedCode low = tables.pairs[four & 0xffff];
    const PackedCode high = tables.pairs[four >> 16];
    const std::uint64_t both = (low & kPackedBits) | std::uint64_t{high & kPackedBits}
                                                         << (low >> kPackedCountShift);
    to.add(both, (low >> kPackedCountShift) + (high >> kPackedCountShift));
    to.flush();
    data += 4;
  }
  for (; data != end; ++data) to.add(tables.literals[*data]);
  to.flush();
}

HWY_INLINE void emit_match(const EmitTables& tables, Token token, Bits& to) {
  to.add(tables.lengths[token.length]);
  const std::uint32_t symbol = distance_symbol(token.distance());
  to.add(tables.distances[symbol]);
  const ExtraBits extra = kDistanceExtra[symbol];
  to.add(token.distance() - extra.base, extra.count);
  to.flush();
}

void emit_all(const EmitTables& tables, const std::uint8_t* data, const Token* token, const Token* end,
              std::uint8_t*& out, std::uint64_t& bits, std::uint32_t& count) {
  Bits to{out, bits, count};
  for (; token != end; ++token) {
    emit_literals(tables, data, token->literals, to);
    if (token->length != 0) emit_match(tables, *token, to);
    data += token->literals + token->length;
  }
  to.add(tables.end_of_block);
  to.flush();
  out = to.out;
  bits = to.bits;
  count = to.count;
}

}  // namespace
}  // namespace labday::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace labday {

HWY_EXPORT(fill_all_pairs);
HWY_EXPORT(emit_all);

void fill_pairs(EmitTables& tables) { HWY_DYNAMIC_DISPATCH(fill_all_pairs)(tables); }

void emit_tokens(const EmitTables& tables, const std::uint8_t* data, std::span<const Token> tokens,
                 BitWriter& out) {
  out.continue_with([&](std::uint8_t*& at, std::uint64_t& bits, std::uint32_t& count) {
    HWY_DYNAMIC_DISPATCH(emit_all)
    (tables, data, tokens.data(), tokens.data() + tokens.size(), at, bits, count);
  });
}

}  // namespace labday
#endif  // HWY_ONCE
