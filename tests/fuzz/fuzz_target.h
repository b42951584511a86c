// What a fuzz target consists of: one file that defines run() and seeds(), and one line in CMakeLists.txt.
// fuzz_main.cc makes a libFuzzer program of it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"

namespace labday::fuzz {

/// Defined by the target: does what is to be tested with `input`, and complain()s where a promise is broken.
void run(ByteView input);

/// Defined by the target: some inputs that get far, to begin with. The same each time.
[[nodiscard]] std::vector<Bytes> seeds();

/// Says what is wrong and aborts, which libFuzzer takes for a crash.
[[noreturn]] void complain(std::string_view what);
inline void require(bool condition, std::string_view what) {
  if (!condition) complain(what);
}

/// An error must have words, and stay on its line.
void require_sayable(const Error& error);

/// From now on memory for pixels and Bytes is full of this before it is written, so that what depends on
/// memory that nobody wrote comes out differently the next time.
void fill_new_memory(std::uint8_t byte);

/// Takes an input apart from its beginning; zeros where it has ended.
class Input {
 public:
  explicit Input(ByteView bytes) : rest_(bytes) {}

  /// From `least` to `most`, both included.
  [[nodiscard]] std::int32_t number(std::int32_t least, std::int32_t most) {
    std::uint32_t value = 0;
    const ByteView bytes = take(sizeof value);
    if (!bytes.empty()) std::memcpy(&value, bytes.data(), bytes.size());
    const auto span = static_cast<std::uint64_t>(std::int64_t{most} - least) + 1;
    return static_cast<std::int32_t>(least + static_cast<std::int64_t>(value % span));
  }
  [[nodiscard]] std::string text(std::size_t most) {
    const ByteView bytes = take(static_cast<std::size_t>(number(0, static_cast<std::int32_t>(most))));
    return {bytes.begin(), bytes.end()};
  }
  [[nodiscard]] ByteView rest() const { return rest_; }

 private:
  ByteView take(std::size_t n) {
    const ByteView bytes = rest_.first(std::min(n, rest_.size()));
    rest_ = rest_.subspan(bytes.size());
    return bytes;
  }
  ByteView rest_;
};

[[nodiscard]] inline std::string_view text_of(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
[[nodiscard]] inline Bytes bytes_of(std::string_view text) { return {text.begin(), text.end()}; }

}  // namespace labday::fuzz
