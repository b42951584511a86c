#include "image/exif.h"

namespace labday {
namespace {

constexpr std::uint16_t kOrientationTag = 0x0112;
constexpr std::uint16_t kShort = 3;
constexpr std::uint16_t kLong = 4;
constexpr std::size_t kEntryBytes = 12;  // tag, type, count, value

class TiffReader {
 public:
  TiffReader(ByteView tiff, bool little_endian) : tiff_(tiff), little_endian_(little_endian) {}

  [[nodiscard]] std::optional<std::uint16_t> u16(std::size_t at) const {
    if (tiff_.size() < 2 || at > tiff_.size() - 2) return std::nullopt;
    const unsigned first = tiff_[at];
    const unsigned second = tiff_[at + 1];
    return static_cast<std::uint16_t>(little_endian_ ? first | second << 8 : first << 8 | second);
  }

  [[nodiscard]] std::optional<std::uint32_t> u32(std::size_t at) const {
    const auto first = u16(at);
    const auto second = u16(at + 2);
    if (!first || !second) return std::nullopt;
    const std::uint32_t low = little_endian_ ? *first : *second;
    const std::uint32_t high = little_endian_ ? *second : *first;
    return low | high << 16;
  }

 private:
  ByteView tiff_;
  bool little_endian_;
};

}  // namespace

std::optional<Orientation> exif_orientation(ByteView tiff) {
  if (tiff.size() < 2 || tiff[0] != tiff[1] || (tiff[0] != 'I' && tiff[0] != 'M')) return std::nullopt;
  const TiffReader reader(tiff, tiff[0] == 'I');
  if (reader.u16(2) != 42) return std::nullopt;
  const auto ifd = reader.u32(4);
  if (!ifd) return std::nullopt;
  const auto entries = reader.u16(*ifd);
  if (!entries) return std::nullopt;

  for (std::size_t i = 0; i < *entries; ++i) {
    const std::size_t entry = std::size_t{*ifd} + 2 + i * kEntryBytes;
    const auto tag = reader.u16(entry);
    if (!tag) return std::nullopt;
    if (*tag != kOrientationTag) continue;
    const auto type = reader.u16(entry + 2);
    // A SHORT by the standard, but some writers use a LONG. Either is stored left-justified in the entry.
    std::optional<std::uint32_t> value;
    if (type == kShort) value = reader.u16(entry + 8);
    if (type == kLong) value = reader.u32(entry + 8);
    if (reader.u32(entry + 4) != 1U || !value || *value < 1 || *value > 8) return std::nullopt;
    return static_cast<Orientation>(*value);
  }
  return Orientation::upright;
}

}  // namespace labday
