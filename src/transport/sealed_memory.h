// Bytes that several processes share and none can change: an anonymous file in memory (memfd) with its seals
// on, so that whoever maps it can rely on its size and content. It is gone when the last descriptor and the
// last mapping of it are.
#pragma once

#include <cstddef>
#include <initializer_list>

#include "base/bytes.h"
#include "base/result.h"
#include "base/unique_fd.h"

namespace labday {

/// The parts, one behind the other. Errors are of stage decode: out_of_memory and what the system says.
[[nodiscard]] Result<UniqueFd> seal_in_memory(std::initializer_list<ByteView> parts);

/// A read-only mapping of it.
class SealedMapping {
 public:
  /// ErrorCode::corrupt where the descriptor is no sealed memory of exactly `bytes`, at least 1.
  [[nodiscard]] static Result<SealedMapping> map(int descriptor, std::size_t bytes);

  SealedMapping(SealedMapping&& other) noexcept;
  SealedMapping& operator=(SealedMapping&& other) noexcept;
  ~SealedMapping();

  [[nodiscard]] ByteView bytes() const { return bytes_; }

 private:
  explicit SealedMapping(ByteView bytes) : bytes_(bytes) {}
  ByteView bytes_;
};

}  // namespace labday
