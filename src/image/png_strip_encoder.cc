#include "image/png_strip_encoder.h"

#include <libdeflate.h>

#include <algorithm>
#include <cassert>
#include <cstring>
#include <new>

#include "image/deflate_runs.h"

namespace labday {
namespace {

/// Bytes that can be read before the first line and after the last one.
constexpr std::size_t kBefore = 64;
constexpr std::size_t kAfter = 64;

/// A block is flat if as many bytes equal the one before.
constexpr std::size_t kFlatSixteenths = 14;

/// How many blocks do without matches where they did not pay, before they are tried again.
constexpr std::int32_t kBlocksUnmatched = 7;

constexpr std::size_t operator""_KiB(unsigned long long n) { return static_cast<std::size_t>(n) << 10; }

}  // namespace

/// What a level does. Larger strips lose less at their beginnings, where nothing is known yet, and smaller
/// ones spread better over cores.
struct PngStripEncoder::Effort {
  std::size_t strip_bytes;
  std::size_t block_bytes;
  FilterSearch filters;
  std::uint32_t count_stride;  // one of so many bytes is counted for the code of literals
  std::uint32_t min_run;
  bool match;
  MatchEffort matches;
  std::uint32_t matches_pay_per_mille;  // where they save less, the next blocks do without
  std::uint8_t zlib_level;              // what the second byte of the zlib header says, RFC 1950
};

const PngStripEncoder::Effort& PngStripEncoder::effort_of(PngLevel level) {
  static constexpr std::array<Effort, kPngLevelNames.size()> kEfforts{{
      {512_KiB, 128_KiB, {8, 130, 1024}, 8, 16, false, {}, 0, 0x01},
      {512_KiB, 128_KiB, {2, 130, 512}, 1, 4, false, {}, 0, 0x5e},
      {1024_KiB, 128_KiB, {1, 258, 512}, 1, 4, true, {15, 1, {false, 1}, {true, 1}}, 160, 0x9c},
      {4096_KiB, 256_KiB, {1, 0, 0}, 1, 4, true, {16, 4, {true, 1}, {true, 2}}, 0, 0xda},
  }};
  return kEfforts[static_cast<std::size_t>(level)];
}

PngStrips::PngStrips(Size size, PixelFormat format, PngLevel level)
    : size_(size), format_(format), level_(level) {
  const std::size_t rows = PngStripEncoder::strip_bytes(level) / (1 + row_bytes());
  strip_rows_ =
      static_cast<std::int32_t>(std::clamp<std::size_t>(rows, 1, static_cast<std::size_t>(size.height)));
  count_ = (size.height - 1) / strip_rows_ + 1;
}

std::int32_t PngStrips::first_row(std::int32_t strip) const {
  // Even shares, since a short strip at the end would be worth a header but nothing else.
  return static_cast<std::int32_t>(std::int64_t{size_.height} * strip / count_);
}

std::size_t PngStripEncoder::strip_bytes(PngLevel level) { return effort_of(level).strip_bytes; }

PngStripEncoder::PngStripEncoder() = default;

void PngStripEncoder::begin(const PngStrips& strips, std::int32_t strip, const std::uint8_t* above,
                            PngStrip& out) {
  effort_ = &effort_of(strips.level());
  row_bytes_ = strips.row_bytes();
  pixel_bytes_ = static_cast<std::size_t>(channels(strips.format()));
  last_strip_ = strip + 1 == strips.count();
  out_ = &out;
  const auto rows = static_cast<std::size_t>(strips.first_row(strip + 1) - strips.first_row(strip));
  if (__builtin_mul_overflow(rows, 1 + row_bytes_, &strip_bytes_) || strip_bytes_ > PTRDIFF_MAX / 4) {
    throw std::bad_alloc();
  }
  filtered_ = deflated_ = blocks_done_ = 0;
  strip_rows_ = rows;
  blocks_ =
      std::clamp<std::size_t>((strip_bytes_ + effort_->block_bytes / 2) / effort_->block_bytes, 1, rows);

  above_.resize(row_bytes_);
  if (above != nullptr) {
    std::memcpy(above_.data(), above, row_bytes_);
  } else {
    std::fill(above_.begin(), above_.end(), std::uint8_t{0});
  }
  make_room(lines_, kBefore + strip_bytes_ + kAfter);
  choice_.begin(effort_->filters);
  if (effort_->match) matcher_.begin(effort_->matches);
  set_usual_match_costs(costs_);
  blocks_unmatched_ = 0;

  out.adler = 1;
  out.line_bytes = strip_bytes_;
  out.data.clear();
  // RFC 1950: deflate with a window of 32 KiB.
  if (strip == 0) out.data.insert(out.data.end(), {0x78, effort_->zlib_level});
  bits_ = BitWriter();
}

void PngStripEncoder::write_rows(const std::uint8_t* rows, std::int32_t count) {
  if (count == 0) return;
  const std::uint8_t* above = above_.data();
  for (std::int32_t i = 0; i < count; ++i, above = rows, rows += row_bytes_) {
    const PngRow row{rows, above, row_bytes_, pixel_bytes_};
    const PngFilter filter = choice_.choose(row);
    std::uint8_t* const line = lines_.data() + kBefore + filtered_;
    assert(filtered_ + 1 + row_bytes_ <= strip_bytes_);
    line[0] = static_cast<std::uint8_t>(filter);
    filter_png_row(filter, row, 0, row_bytes_, line + 1);
    filtered_ += 1 + row_bytes_;
    while (true) {
      const std::size_t end = strip_rows_ * (blocks_done_ + 1) / blocks_ * (1 + row_bytes_);
      if (blocks_done_ + 1 >= blocks_ || filtered_ < end) break;
      encode_block(end, false);
    }
  }
  std::memcpy(above_.data(), above, row_bytes_);
}

void PngStripEncoder::finish() {
  assert(filtered_ == strip_bytes_);
  encode_block(strip_bytes_, last_strip_);
}

void PngStripEncoder::encode_block(std::size_t end, bool last) {
  const std::size_t begin = deflated_;
  const std::size_t size = end - begin;
  const std::uint8_t* const strip = lines_.data() + kBefore;
  const std::span<const std::uint8_t> data(strip + begin, size);
  out_->adler = libdeflate_adler32(out_->adler, data.data(), size);

  make_room(equal_, equal_words(size));
  mark_equal(data.data(), size, begin != 0, equal_.data());
  SymbolCounts counts;
  const bool flat = effort_->match && equal_bytes(equal_.data(), size) >= size / 16 * kFlatSixteenths;
  const bool match = effort_->match && (flat || blocks_unmatched_ == 0);
  std::uint64_t saved_bits = 0;
  if (match) {
    saved_bits = find_matches({strip, begin, end, equal_.data(), 1 + row_bytes_, pixel_bytes_, flat}, counts);
  } else {
    find_runs_only(data, counts);
    if (blocks_unmatched_ > 0) --blocks_unmatched_;
  }
  count_matches(tokens_, counts);
  // By way of a buffer that stays in the cache and has room for the worst case; the strip takes what it
  // needs.
  const std::size_t room = size / 8 * kMaxBitsOfAByte + DeflateBlockWriter::kOverheadBytes;
  make_room(block_, room);
  bits_.move_to(block_.data());
  writer_.write(data, tokens_, counts, last, bits_);
  if (match && !flat && saved_bits * 1000 < effort_->matches_pay_per_mille * bits_.bit_count()) {
    blocks_unmatched_ = kBlocksUnmatched;
  }
  if (end == strip_bytes_ && !last_strip_) write_stored({}, false, bits_);
  if (end == strip_bytes_) bits_.align();
  out_->data.insert(out_->data.end(), block_.data(), block_.data() + bits_.bytes());
  choice_.learn(writer_.codes(), counts);
  if (match) {
    set_match_costs(counts, costs_);
    for (std::uint32_t& count : counts.litlen) ++count;
    set_literal_costs(counts.litlen, costs_);
  }
  deflated_ = end;
  ++blocks_done_;
}

void PngStripEncoder::find_runs_only(std::span<const std::uint8_t> data, SymbolCounts& counts) {
  find_runs(equal_.data(), data.size(), effort_->min_run, tokens_);
  count_bytes(data.data(), data.size(), effort_->count_stride, counts.litlen);
  if (effort_->count_stride > 1) {
    // Any literal may occur, seen or not.
    for (std::size_t i = 0; i < kLiteralCount; ++i)
      counts.litlen[i] = counts.litlen[i] * effort_->count_stride + 1;
  }
  std::size_t at = 0;
  for (const Token& token : tokens_) {  // what runs cover is no literal
    at += token.literals;
    if (token.length == 0) break;
    std::uint32_t& count = counts.litlen[data[at]];
    const std::uint32_t least = effort_->count_stride > 1 ? 1 : 0;
    count = count > token.length + least ? count - token.length : least;
    at += token.length;
  }
}

std::uint64_t PngStripEncoder::find_matches(const MatchInput& input, SymbolCounts& counts) {
  const std::uint8_t* const data = input.strip + input.begin;
  if (input.begin == 0) {
    // Nothing was sent yet. Literals cost what they would without matches, and any may occur, seen or not.
    constexpr std::uint32_t kStride = 4;
    SymbolCounts sample;
    count_bytes(data, input.end - input.begin, kStride, sample.litlen);
    for (std::uint32_t& count : sample.litlen) count = count * kStride + 1;
    set_literal_costs(sample.litlen, costs_);
  }
  const std::uint64_t saved_bits = matcher_.parse(input, costs_, tokens_);
  count_literals(data, tokens_, counts.litlen);
  return saved_bits;
}

PngStripEncoder& PngStripEncoder::of_this_thread() {
  static thread_local PngStripEncoder encoder;
  return encoder;
}

}  // namespace labday
