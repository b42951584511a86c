#include "image/png_chunk.h"

#include <libdeflate.h>

#include <array>
#include <cassert>
#include <cstring>

namespace labday {
namespace {

constexpr std::size_t kHeadBytes = 8;  // length and type
constexpr std::size_t kCrcBytes = 4;

std::array<std::uint8_t, 4> big_endian(std::uint32_t value) {
  return {static_cast<std::uint8_t>(value >> 24), static_cast<std::uint8_t>(value >> 16),
          static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value)};
}

void put_u32(std::uint8_t* at, std::uint32_t value) { std::memcpy(at, big_endian(value).data(), 4); }

// Fills in the length and the CRC of a chunk whose type and data are in place.
void seal(std::uint8_t* chunk, std::size_t data_bytes) {
  put_u32(chunk, static_cast<std::uint32_t>(data_bytes));
  // The CRC covers the type and the data.
  put_u32(chunk + kHeadBytes + data_bytes, libdeflate_crc32(0, chunk + 4, 4 + data_bytes));
}

}  // namespace

void append_u32(Bytes& file, std::uint32_t value) {
  const std::array<std::uint8_t, 4> bytes = big_endian(value);
  file.insert(file.end(), bytes.begin(), bytes.end());
}

std::size_t begin_chunk(Bytes& file, std::string_view type) {
  assert(type.size() == 4);
  const std::size_t start = file.size();
  append_u32(file, 0);
  file.insert(file.end(), type.begin(), type.end());
  return start;
}

void end_chunk(Bytes& file, std::size_t start) { end_split_chunk(file, start, kMaxChunkBytes); }

void end_split_chunk(Bytes& file, std::size_t start, std::size_t max_bytes) {
  const std::size_t data_bytes = file.size() - start - kHeadBytes;
  const std::size_t count = data_bytes == 0 ? 1 : (data_bytes - 1) / max_bytes + 1;
  file.resize(file.size() + kCrcBytes + (count - 1) * (kHeadBytes + kCrcBytes));
  std::uint8_t* const first = file.data() + start;
  // From the last to the first, because each moves towards the end.
  for (std::size_t i = count; i-- > 0;) {
    const std::size_t size = i == count - 1 ? data_bytes - i * max_bytes : max_bytes;
    std::uint8_t* const chunk = first + i * (max_bytes + kHeadBytes + kCrcBytes);
    if (i > 0) {
      std::memmove(chunk + kHeadBytes, first + kHeadBytes + i * max_bytes, size);
      std::memcpy(chunk + 4, first + 4, 4);
    }
    seal(chunk, size);
  }
}

}  // namespace labday
