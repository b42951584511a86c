// Values as bytes, for messages between processes of one labday: fixed-width little-endian integers and
// length-prefixed text.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/bytes.h"
#include "base/result.h"

namespace labday {

class WireWriter {
 public:
  template <class T>
  requires std::integral<T> || std::is_enum_v<T>
  void put(T value) { put_integer(static_cast<std::uint64_t>(value), sizeof value); }
  void put(std::string_view text);
  void put_bytes(ByteView bytes);  // length-prefixed, too

  [[nodiscard]] Bytes take() { return std::move(bytes_); }

 private:
  void put_integer(std::uint64_t value, std::size_t width);

  Bytes bytes_;
};

/// Reads in the order of writing. After a value that is not there everything reads as 0 or empty, and
/// complete() is false: read all, then ask once.
class WireReader {
 public:
  explicit WireReader(ByteView bytes) : rest_(bytes) {}

  template <class T>
  requires std::integral<T>
  [[nodiscard]] T get() { return static_cast<T>(get_integer(sizeof(T))); }
  /// An enum with the values 0 … count - 1; any other makes the message incomplete.
  template <class T>
  requires std::is_enum_v<T>
  [[nodiscard]] T get(int count) {
    const std::uint64_t value = get_integer(sizeof(T));
    if (value < static_cast<std::uint64_t>(count)) return static_cast<T>(value);
    failed_ = true;
    return T{};
  }
  [[nodiscard]] std::string get_text();
  /// Borrowed from what is being read.
  [[nodiscard]] ByteView get_bytes();

  /// Was everything there that was asked for, and is nothing left?
  [[nodiscard]] bool complete() const { return !failed_ && rest_.empty(); }
  /// Has a value been missing so far? Ends loops whose length was read.
  [[nodiscard]] bool failed() const { return failed_; }

 private:
  [[nodiscard]] std::uint64_t get_integer(std::size_t width);

  ByteView rest_;
  bool failed_ = false;
};

}  // namespace labday
