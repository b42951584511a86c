#include "image/png_deflate.h"

#include <isa-l/igzip_lib.h>
#include <libdeflate.h>

#include <cassert>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>

#include "image/png_filter.h"

namespace labday {
namespace {

// What each level means, on 50 bicubic renditions of photographs (391 MB raw), one core, filtering not
// counted: PLACEHOLDER
constexpr int kBalancedLevel = 4;
constexpr int kSmallLevel = 7;
constexpr int kProfileLevel = 6;
// ISA-L's level 3 is out of the question: its bytes depend on the processor.
constexpr std::uint32_t kIsalLevel = 2;
constexpr std::uint32_t kIsalBufferBytes = ISAL_DEF_LVL2_DEFAULT;

// Leaves room for what is added to it.
std::size_t filtered_bytes(std::size_t line_bytes, std::size_t lines) {
  std::size_t result = 0;
  if (__builtin_mul_overflow(line_bytes, lines, &result) || result > PTRDIFF_MAX / 2) throw std::bad_alloc();
  return result;
}

class Compressor {
 public:
  explicit Compressor(int level) : compressor_(libdeflate_alloc_compressor(level)) {
    if (compressor_ == nullptr) throw std::bad_alloc();
  }
  void append(ByteView data, Bytes& out) {
    const std::size_t bound = libdeflate_zlib_compress_bound(compressor_.get(), data.size());
    const std::size_t before = out.size();
    out.resize(before + bound);  // address space only: pages that are not written take no memory
    const std::size_t size =
        libdeflate_zlib_compress(compressor_.get(), data.data(), data.size(), out.data() + before, bound);
    assert(size != 0);  // the bound is enough for any data
    out.resize(before + size);
  }

 private:
  struct Free {
    void operator()(libdeflate_compressor* c) const { libdeflate_free_compressor(c); }
  };
  std::unique_ptr<libdeflate_compressor, Free> compressor_;
};

class LibdeflateDeflater final : public PngDeflater {
 public:
  LibdeflateDeflater(int level, std::size_t line_bytes, std::size_t lines, Bytes& out)
      : compressor_(level), line_bytes_(line_bytes), out_(out) {
    filtered_.resize(filtered_bytes(line_bytes, lines) + kPngLinePadding);
  }
  std::uint8_t* line() override { return filtered_.data() + used_; }
  void line_done() override { used_ += line_bytes_; }
  void finish() override {
    compressor_.append({filtered_.data(), used_}, out_);
    filtered_ = Bytes();
  }

 private:
  Compressor compressor_;
  std::size_t line_bytes_;
  Bytes& out_;
  Bytes filtered_;
  std::size_t used_ = 0;
};

// ISA-L is fed in pieces of one size, whatever the lines and strips, because where a piece ends may show in
// its output.
class IsalDeflater final : public PngDeflater {
 public:
  IsalDeflater(std::size_t line_bytes, std::size_t lines, Bytes& out) : line_bytes_(line_bytes), out_(out) {
    // Pages that are not written take no memory; growing would copy.
    out_.reserve(out_.size() + filtered_bytes(line_bytes, lines) + kPieceBytes);
    pending_.resize(kPieceBytes + line_bytes + kPngLinePadding);
    level_buffer_.resize(kIsalBufferBytes);
    isal_deflate_init(&stream_);
    stream_.level = kIsalLevel;
    stream_.level_buf = level_buffer_.data();
    stream_.level_buf_size = kIsalBufferBytes;
    stream_.flush = NO_FLUSH;
    // RFC 1950: deflate with a window of 32 KiB, the fastest of four levels; a multiple of 31.
    out_.insert(out_.end(), {0x78, 0x01});
  }

  std::uint8_t* line() override { return pending_.data() + used_; }

  void line_done() override {
    adler_ = libdeflate_adler32(adler_, pending_.data() + used_, line_bytes_);
    used_ += line_bytes_;
    if (used_ < kPieceBytes) return;
    std::size_t fed = 0;
    for (; used_ - fed >= kPieceBytes; fed += kPieceBytes)
      compress(pending_.data() + fed, kPieceBytes, false);
    used_ -= fed;
    std::memmove(pending_.data(), pending_.data() + fed, used_);
  }

  void finish() override {
    compress(pending_.data(), used_, true);
    for (int shift = 24; shift >= 0; shift -= 8) out_.push_back(static_cast<std::uint8_t>(adler_ >> shift));
  }

 private:
  static constexpr std::size_t kPieceBytes = std::size_t{256} << 10;

  void compress(std::uint8_t* data, std::size_t size, bool last) {
    stream_.next_in = data;
    stream_.avail_in = static_cast<std::uint32_t>(size);  // at most kPieceBytes
    stream_.end_of_stream = last ? 1 : 0;
    do {
      const std::size_t before = out_.size();
      out_.resize(before + kPieceBytes);
      stream_.next_out = out_.data() + before;
      stream_.avail_out = kPieceBytes;
      [[maybe_unused]] const int status = isal_deflate(&stream_);
      assert(status == COMP_OK);
      out_.resize(out_.size() - stream_.avail_out);
    } while (stream_.avail_in > 0 || stream_.avail_out == 0 ||
             (last && stream_.internal_state.state != ZSTATE_END));
  }

  std::size_t line_bytes_;
  Bytes& out_;
  Bytes pending_;  // lines that do not fill a piece yet
  std::size_t used_ = 0;
  Bytes level_buffer_;
  isal_zstream stream_;
  std::uint32_t adler_ = 1;
};

}  // namespace

std::unique_ptr<PngDeflater> make_png_deflater(PngLevel level, std::size_t line_bytes, std::size_t lines,
                                               Bytes& out) {
  switch (level) {
    case PngLevel::fast:
      return std::make_unique<IsalDeflater>(line_bytes, lines, out);
    case PngLevel::balanced:
      return std::make_unique<LibdeflateDeflater>(kBalancedLevel, line_bytes, lines, out);
    case PngLevel::small:
      return std::make_unique<LibdeflateDeflater>(kSmallLevel, line_bytes, lines, out);
  }
  return nullptr;
}

void append_zlib(ByteView data, Bytes& out) { Compressor(kProfileLevel).append(data, out); }

}  // namespace labday
