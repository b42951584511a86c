// Hashes of content and of names, by xxHash: fast, the same on every machine, and no protection against
// anybody who wants two contents to collide.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "base/bytes.h"

struct XXH3_state_s;

namespace labday {

struct Hash128 {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  auto operator<=>(const Hash128&) const = default;  // NOLINT(modernize-use-nullptr): compares with 0
};

[[nodiscard]] std::uint64_t hash64(ByteView bytes);
[[nodiscard]] std::uint64_t hash64(std::string_view text);
[[nodiscard]] Hash128 hash128(ByteView bytes);
[[nodiscard]] Hash128 hash128(std::string_view text);

/// hash128() of bytes that come piece by piece. The constructor may throw std::bad_alloc.
class StreamingHash {
 public:
  StreamingHash();
  void add(ByteView bytes);
  [[nodiscard]] Hash128 result() const;

 private:
  struct Deleter {
    void operator()(XXH3_state_s* state) const;
  };
  std::unique_ptr<XXH3_state_s, Deleter> state_;
};

}  // namespace labday
