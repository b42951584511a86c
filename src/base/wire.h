// Plain data as bytes, for messages between processes of one labday: fixed-width little-endian integers
// (every platform that labday runs on is little-endian) and length-prefixed byte strings. Writer and reader
// are called alike, so that one list of fields serves both directions.
#pragma once

#include <concepts>
#include <cstdint>
#include <cstring>
#include <string>
#include <type_traits>
#include <utility>

#include "base/bytes.h"

namespace labday {

class WireWriter {
 public:
  template <class T>
  requires std::is_integral_v<T> || std::is_enum_v<T>
  void operator()(const T& value) { append(&value, sizeof value); }
  void operator()(const std::string& text) {
    count(text.size());
    append(text.data(), text.size());
  }
  void count(std::size_t n) { (*this)(std::uint64_t{n}); }
  [[nodiscard]] Bytes take() { return std::move(out_); }

 private:
  void append(const void* data, std::size_t n) {
    const std::size_t end = out_.size();
    out_.resize(end + n);
    if (n > 0) std::memcpy(out_.data() + end, data, n);
  }
  Bytes out_;
};

/// Never reads past the end: after the first shortage every value is zero and ok() is false. Enumerators are
/// not checked by themselves: see check().
class WireReader {
 public:
  explicit WireReader(ByteView in) : in_(in) {}

  template <class T>
  requires std::is_integral_v<T> || std::is_enum_v<T>
  void operator()(T& value) {
    const ByteView bytes = take(sizeof value);
    if (ok_) {
      std::memcpy(&value, bytes.data(), sizeof value);
    } else {
      value = T{};
    }
  }
  void operator()(bool& value) {
    std::uint8_t byte = 0;
    (*this)(byte);
    ok_ = ok_ && byte <= 1;
    value = byte == 1;
  }
  void operator()(std::string& text) {
    const ByteView bytes = take(count(1));
    text.assign(bytes.begin(), bytes.end());
  }
  /// A number of items that take at least `item_bytes` each: no more than what is left can hold.
  [[nodiscard]] std::size_t count(std::size_t item_bytes) {
    std::uint64_t n = 0;
    (*this)(n);
    if (n > in_.size() / item_bytes) ok_ = false;
    return ok_ ? static_cast<std::size_t>(n) : 0;
  }
  /// `value` is an enumerator up to `last`.
  template <class E>
  void check(E value, E last) {
    ok_ = ok_ && value <= last;
  }
  void require(bool condition) { ok_ = ok_ && condition; }
  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool at_end() const { return in_.empty(); }

 private:
  ByteView take(std::size_t n) {
    if (n > in_.size()) ok_ = false;
    if (!ok_) return {};
    const ByteView bytes = in_.first(n);
    in_ = in_.subspan(n);
    return bytes;
  }

  ByteView in_;
  bool ok_ = true;
};

}  // namespace labday
