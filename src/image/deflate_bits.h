// A stream of bits as deflate wants it, least significant first, written in words of 64 bits without a
// branch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace labday {

/// Writes to memory of the caller's, who knows that it suffices, 8 bytes more included. Copied to remember a
/// place: assigning the copy back takes up there again.
class BitWriter {
 public:
  explicit BitWriter(std::uint8_t* out = nullptr) : begin_(out), out_(out) {}

  /// At most 56 bits since the last flush(); those of `bits` above `count` are 0.
  void add(std::uint64_t bits, std::uint32_t count) {
    bits_ |= bits << count_;
    count_ += count;
  }

  /// Leaves fewer than 8 bits.
  void flush() {
    std::memcpy(out_, &bits_, 8);  // little-endian, as every machine that labday runs on
    out_ += count_ >> 3;
    bits_ >>= count_ & 56;
    count_ &= 7;
  }

  void put(std::uint64_t bits, std::uint32_t count) {
    add(bits, count);
    flush();
  }

  /// Fills up the current byte with zeros.
  void align() {
    count_ = (count_ + 7) & ~7U;
    flush();
  }

  /// Goes on at the beginning of other memory; only the bits of the last, incomplete byte come along.
  void move_to(std::uint8_t* out) { begin_ = out_ = out; }

  /// Whole bytes, after align().
  void append(const std::uint8_t* data, std::size_t size) {
    if (size > 0) std::memcpy(out_, data, size);
    out_ += size;
  }

  /// For a loop that keeps the state in registers: `write` takes place, bits and their count by reference,
  /// and leaves them as flush() would.
  template <class Write>
  void continue_with(Write write) {
    write(out_, bits_, count_);
  }

  [[nodiscard]] std::size_t bit_count() const { return bytes() * 8 + count_; }
  /// Complete ones, after flush().
  [[nodiscard]] std::size_t bytes() const { return static_cast<std::size_t>(out_ - begin_); }

 private:
  std::uint8_t* begin_;
  std::uint8_t* out_;
  std::uint64_t bits_ = 0;
  std::uint32_t count_ = 0;
};

}  // namespace labday
