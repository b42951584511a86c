// The five row filters of PNG (PNG specification, third edition, section 9), and what their lines would cost.
//
// A filter predicts each byte from its neighbours and keeps the difference, which deflates better. These are
// the inner loops, in integers, from one source for every instruction set, so that all of them write the same
// bytes. Which filter is taken is decided in png_filter_choice.h.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace labday {

/// The values are those of the file format.
enum class PngFilter : std::uint8_t { none, sub, up, average, paeth };
inline constexpr int kPngFilterCount = 5;

/// A row and the one above it, or zeros where it is the first. Nothing outside the rows is looked at.
struct PngRow {
  const std::uint8_t* now = nullptr;
  const std::uint8_t* above = nullptr;
  std::size_t bytes = 0;        // a positive multiple of pixel_bytes
  std::size_t pixel_bytes = 0;  // 1 to 4
};

/// Writes the differences of the bytes [first, last) of the row to `out`. Thread-safe.
void filter_png_row(PngFilter filter, const PngRow& row, std::size_t first, std::size_t last,
                    std::uint8_t* out);

/// What a difference costs, in sixteenths of a bit, by its magnitude as a signed byte; the last entry is for
/// all from 15 on.
using DifferenceCosts = std::array<std::uint8_t, 16>;

/// Adds up the costs of `size` differences. A byte that equals the two before it costs nothing: deflate gets
/// it as part of a run. So the first two bytes are not counted. Thread-safe.
[[nodiscard]] std::uint64_t difference_cost(const std::uint8_t* differences, std::size_t size,
                                            const DifferenceCosts& costs);

}  // namespace labday
