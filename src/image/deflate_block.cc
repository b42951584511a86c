#include "image/deflate_block.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <numeric>

#include "image/deflate_huffman.h"

namespace labday {
namespace {

constexpr std::size_t kMaxStored = 65535;
enum BlockType : std::uint8_t { kStored = 0, kFixed = 1, kDynamic = 2 };

/// The lengths of the fixed codes (section 3.2.6).
constexpr CodeLengths kFixedLengths = [] {
  CodeLengths lengths;
  for (std::size_t i = 0; i < kLitLenSymbols; ++i) {
    lengths.litlen[i] = static_cast<std::uint8_t>(i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8);
  }
  lengths.distance.fill(5);
  return lengths;
}();

std::uint64_t data_bits(const SymbolCounts& counts, const CodeLengths& codes) {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < kLitLenSymbols; ++i) bits += std::uint64_t{counts.litlen[i]} * codes.litlen[i];
  for (std::size_t i = 0; i < kDistanceSymbols; ++i) {
    bits += std::uint64_t{counts.distance[i]} * (codes.distance[i] + std::uint64_t{kDistanceExtra[i].count});
  }
  for (std::size_t i = 0; i < kLengthExtra.size(); ++i) {
    bits += std::uint64_t{counts.litlen[257 + i]} * kLengthExtra[i].count;
  }
  return bits;
}

std::uint64_t stored_bits(std::size_t size) {
  return 8 * (std::uint64_t{size} + 5 * (size / kMaxStored + 1));
}

/// The code lengths of a block, themselves coded with repeats and Huffman codes (section 3.2.7).
class BlockHeader {
 public:
  explicit BlockHeader(const CodeLengths& codes) {
    litlen_count_ = used(codes.litlen, 257);
    distance_count_ = used(codes.distance, 1);
    std::array<std::uint8_t, kLitLenSymbols + kDistanceSymbols> all;
    std::copy_n(codes.litlen.begin(), litlen_count_, all.begin());
    std::copy_n(codes.distance.begin(), distance_count_,
                all.begin() + static_cast<std::ptrdiff_t>(litlen_count_));
    code_repeats({all.data(), litlen_count_ + distance_count_});
    std::array<std::uint32_t, kSymbols> counts{};
    for (std::size_t i = 0; i < item_count_; ++i) ++counts[items_[i].symbol];
    huffman_lengths(counts, 7, lengths_);
    length_count_ = kSymbols;
    while (length_count_ > 4 && lengths_[kOrder[length_count_ - 1]] == 0) --length_count_;
    bits_ = 5 + 5 + 4 + 3 * length_count_;
    for (std::size_t i = 0; i < item_count_; ++i) {
      bits_ += lengths_[items_[i].symbol] + std::uint64_t{items_[i].extra_count};
    }
  }

  [[nodiscard]] std::uint64_t bits() const { return bits_; }

  void write(BitWriter& out) const {
    out.put((litlen_count_ - 257) | (distance_count_ - 1) << 5 | (length_count_ - 4) << 10, 14);
    for (std::size_t i = 0; i < length_count_; ++i) out.put(lengths_[kOrder[i]], 3);
    std::array<std::uint16_t, kSymbols> codes;
    huffman_codes(lengths_, codes);
    for (std::size_t i = 0; i < item_count_; ++i) {
      const Item item = items_[i];
      out.add(codes[item.symbol], lengths_[item.symbol]);
      out.put(item.extra, item.extra_count);
    }
  }

 private:
  static constexpr std::size_t kSymbols = 19;
  static constexpr std::array<std::uint8_t, kSymbols> kOrder{16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                                             11, 4,  12, 3, 13, 2, 14, 1, 15};
  struct Item {
    std::uint8_t symbol;
    std::uint8_t extra;
    std::uint8_t extra_count;
  };

  template <std::size_t kCount>
  static std::size_t used(const std::array<std::uint8_t, kCount>& lengths, std::size_t least) {
    std::size_t n = kCount;
    while (n > least && lengths[n - 1] == 0) --n;
    return n;
  }

  void add(std::size_t symbol, std::size_t extra = 0, std::size_t extra_count = 0) {
    items_[item_count_++] = {static_cast<std::uint8_t>(symbol), static_cast<std::uint8_t>(extra),
                             static_cast<std::uint8_t>(extra_count)};
  }

  void code_repeats(std::span<const std::uint8_t> lengths) {
    for (std::size_t i = 0; i < lengths.size();) {
      const std::uint8_t length = lengths[i];
      std::size_t run = 1;
      while (i + run < lengths.size() && lengths[i + run] == length) ++run;
      i += run;
      if (length == 0) {
        for (; run >= 11; run -= std::min<std::size_t>(run, 138)) {
          add(18, std::min<std::size_t>(run, 138) - 11, 7);
        }
        if (run >= 3) {
          add(17, run - 3, 3);
          run = 0;
        }
      } else {
        add(length);
        --run;
        while (run >= 3) {
          const std::size_t part = std::min<std::size_t>(run, 6);
          add(16, part - 3, 2);
          run -= part;
        }
      }
      for (; run > 0; --run) add(length);
    }
  }

  std::size_t litlen_count_ = 0;
  std::size_t distance_count_ = 0;
  std::size_t length_count_ = 0;
  std::array<Item, kLitLenSymbols + kDistanceSymbols> items_;
  std::size_t item_count_ = 0;
  std::array<std::uint8_t, kSymbols> lengths_{};
  std::uint64_t bits_ = 0;
};

PackedCode pack(std::uint32_t bits, std::uint32_t count) { return bits | count << kPackedCountShift; }

void fill_tables(const CodeLengths& codes, EmitTables& tables) {
  // The fixed codes have two more symbols than are ever sent, and so have their place in the code.
  std::array<std::uint8_t, kMaxSymbols> lengths;
  std::copy(codes.litlen.begin(), codes.litlen.end(), lengths.begin());
  const bool fixed = &codes == &kFixedLengths;
  const std::size_t symbols = fixed ? kMaxSymbols : kLitLenSymbols;
  std::fill(lengths.begin() + kLitLenSymbols, lengths.end(), std::uint8_t{8});
  std::array<std::uint16_t, kMaxSymbols> bits;
  huffman_codes({lengths.data(), symbols}, {bits.data(), symbols});
  for (std::size_t i = 0; i < kLiteralCount; ++i) tables.literals[i] = pack(bits[i], codes.litlen[i]);
  tables.end_of_block = pack(bits[kEndOfBlock], codes.litlen[kEndOfBlock]);
  for (std::uint32_t length = kMinMatch; length <= kMaxMatch; ++length) {
    const std::size_t index = kLengthIndex[length];
    const std::uint32_t count = codes.litlen[257 + index];
    const std::uint32_t extra = length - kLengthExtra[index].base;
    tables.lengths[length] = pack(bits[257 + index] | extra << count, count + kLengthExtra[index].count);
  }
  huffman_codes(codes.distance, {bits.data(), kDistanceSymbols});
  for (std::size_t i = 0; i < kDistanceSymbols; ++i) tables.distances[i] = pack(bits[i], codes.distance[i]);
  fill_pairs(tables);
}

}  // namespace

void count_bytes(const std::uint8_t* data, std::size_t size, std::size_t stride,
                 std::array<std::uint32_t, kLitLenSymbols>& counts) {
  // Four tables, since equal bytes in a row would wait for one another's increments.
  constexpr std::size_t kGroup = 64;
  std::array<std::array<std::uint32_t, kLiteralCount>, 4> tables{};
  std::size_t begin = 0;
  for (; begin + kGroup <= size; begin += kGroup * stride) {
    for (std::size_t i = begin; i < begin + kGroup; i += 8) {
      std::uint64_t eight;
      std::memcpy(&eight, data + i, 8);
      for (std::size_t k = 0; k < 8; ++k) ++tables[k % 4][(eight >> (8 * k)) & 255];
    }
  }
  for (; begin < size; ++begin) ++tables[0][data[begin]];
  for (std::size_t i = 0; i < kLiteralCount; ++i) {
    counts[i] += tables[0][i] + tables[1][i] + tables[2][i] + tables[3][i];
  }
}

void count_literals(const std::uint8_t* data, std::span<const Token> tokens,
                    std::array<std::uint32_t, kLitLenSymbols>& counts) {
  std::array<std::array<std::uint32_t, kLiteralCount>, 4> tables{};
  for (const Token& token : tokens) {
    std::size_t i = 0;
    for (; i + 4 <= token.literals; i += 4) {
      ++tables[0][data[i]];
      ++tables[1][data[i + 1]];
      ++tables[2][data[i + 2]];
      ++tables[3][data[i + 3]];
    }
    for (; i < token.literals; ++i) ++tables[i % 4][data[i]];
    data += token.literals + std::size_t{token.length};
  }
  for (std::size_t i = 0; i < kLiteralCount; ++i) {
    counts[i] += tables[0][i] + tables[1][i] + tables[2][i] + tables[3][i];
  }
}

void count_matches(std::span<const Token> tokens, SymbolCounts& counts) {
  for (const Token& token : tokens) {
    if (token.length == 0) continue;
    ++counts.litlen[257 + std::size_t{kLengthIndex[token.length]}];
    ++counts.distance[distance_symbol(token.distance())];
  }
  ++counts.litlen[kEndOfBlock];
}

DeflateBlockWriter::DeflateBlockWriter() : tables_(std::make_unique_for_overwrite<EmitTables>()) {}

void DeflateBlockWriter::write(std::span<const std::uint8_t> data, std::span<const Token> tokens,
                               const SymbolCounts& counts, bool last, BitWriter& out) {
  huffman_lengths(counts.litlen, kMaxLitLenBits, codes_.litlen);
  huffman_lengths(counts.distance, kMaxDistanceBits, codes_.distance);
  const BlockHeader header(codes_);
  const std::uint64_t dynamic_bits = header.bits() + data_bits(counts, codes_);
  const bool fixed = data_bits(counts, kFixedLengths) <= dynamic_bits;
  const BitWriter before = out;
  out.put((last ? 1U : 0U) | (fixed ? kFixed : kDynamic) << 1, 3);
  if (!fixed) header.write(out);
  fill_tables(fixed ? kFixedLengths : codes_, *tables_);
  emit_tokens(*tables_, data.data(), tokens, out);
  if (out.bit_count() - before.bit_count() > stored_bits(data.size())) {
    out = before;
    write_stored(data, last, out);
  }
}

void write_stored(std::span<const std::uint8_t> data, bool last, BitWriter& out) {
  do {
    const std::size_t size = std::min(data.size(), kMaxStored);
    const bool final_part = last && size == data.size();
    out.put(final_part ? 1 : 0, 3);
    out.align();
    out.put(size | (~size & 0xffff) << 16, 32);
    out.append(data.data(), size);
    data = data.subspan(size);
  } while (!data.empty());
}

}  // namespace labday
