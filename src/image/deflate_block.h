// One block of deflate (RFC 1951, section 3.2): its tokens are counted, get Huffman codes of their own, and
// are written; or the block is stored, or gets the fixed codes, where that is shorter.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "image/deflate_bits.h"
#include "image/deflate_emit.h"
#include "image/deflate_symbols.h"

namespace labday {

/// How often each symbol is sent.
struct SymbolCounts {
  std::array<std::uint32_t, kLitLenSymbols> litlen{};
  std::array<std::uint32_t, kDistanceSymbols> distance{};
};

/// The code lengths that a block was written with, 0 where a symbol has none.
struct CodeLengths {
  std::array<std::uint8_t, kLitLenSymbols> litlen{};
  std::array<std::uint8_t, kDistanceSymbols> distance{};
};

/// Adds to the counts of literals every `stride`th of groups of 64 bytes (1: all of them).
void count_bytes(const std::uint8_t* data, std::size_t size, std::size_t stride,
                 std::array<std::uint32_t, kLitLenSymbols>& counts);

/// Adds the literals of the tokens over `data`.
void count_literals(const std::uint8_t* data, std::span<const Token> tokens,
                    std::array<std::uint32_t, kLitLenSymbols>& counts);

/// Adds the lengths and distances of the matches, and the end of the block.
void count_matches(std::span<const Token> tokens, SymbolCounts& counts);

/// Writes blocks, one after the other. Not thread-safe; independent ones are.
class DeflateBlockWriter {
 public:
  DeflateBlockWriter();

  /// How many bytes a block may take beyond kMaxBitsOfAByte bits for each byte of data.
  static constexpr std::size_t kOverheadBytes = 512;

  /// Writes the block whose tokens cover exactly `data`. Every symbol among them has a count above 0; beyond
  /// that the counts may be estimates. The lengths of its codes are kept in codes().
  void write(std::span<const std::uint8_t> data, std::span<const Token> tokens, const SymbolCounts& counts,
             bool last, BitWriter& out);

  [[nodiscard]] const CodeLengths& codes() const { return codes_; }

 private:
  CodeLengths codes_;
  std::unique_ptr<EmitTables> tables_;
};

/// Writes `data` as it is; any size, also none.
void write_stored(std::span<const std::uint8_t> data, bool last, BitWriter& out);

}  // namespace labday
