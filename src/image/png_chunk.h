// The chunks that a PNG file consists of: length, type, data, CRC-32 (PNG specification, section 5.3). Data
// is appended to the file in place, length and CRC are filled in afterwards, so nothing is copied.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/bytes.h"

namespace labday {

/// The most data that a chunk may hold: lengths have 31 bits.
inline constexpr std::size_t kMaxChunkBytes = 0x7fffffff;

/// Big-endian, as all numbers of a PNG.
void append_u32(Bytes& file, std::uint32_t value);

/// Appends the beginning of a chunk; `type` has four letters. The data is whatever the caller appends next.
/// Returns what end_chunk() wants. May throw std::bad_alloc, as all of these may.
[[nodiscard]] std::size_t begin_chunk(Bytes& file, std::string_view type);

/// Ends the chunk that began at `start`; it holds at most kMaxChunkBytes.
void end_chunk(Bytes& file, std::size_t start);

/// Ends it as one or more chunks of the same type, each full but the last, with at most `max_bytes` of data.
/// Data is moved only where there is more than one.
void end_split_chunk(Bytes& file, std::size_t start, std::size_t max_bytes);

}  // namespace labday
