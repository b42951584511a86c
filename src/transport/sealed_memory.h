// Bytes that several processes share and none can change: an anonymous file in memory (memfd) with its seals
// on, so that whoever maps it can rely on its size and content. It is gone when the last descriptor and the
// last mapping of it are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>

#include "base/bytes.h"
#include "base/result.h"
#include "base/unique_fd.h"

namespace labday {

/// Memory of `bytes`, not filled nor sealed against writing yet; it keeps its size. Errors here and below are
/// of stage decode: out_of_memory and what the system says.
[[nodiscard]] Result<UniqueFd> make_shared_memory(std::size_t bytes);

/// Fills it with the parts, one behind the other, and seals it. Nobody may have mapped it for writing.
[[nodiscard]] Result<void> fill_and_seal(const UniqueFd& memory, std::initializer_list<ByteView> parts);

/// Both.
[[nodiscard]] Result<UniqueFd> seal_in_memory(std::initializer_list<ByteView> parts);

/// The size of memory that memfd_create() made, which needs no path even for the kernel; negative where it is
/// something else.
[[nodiscard]] std::int64_t size_of_memory(int descriptor);

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
