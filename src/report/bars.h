// Bars and intervals beside a table, in plain Unicode, for terminals.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lab/comparisons.h"
#include "lab/statistics.h"
#include "report/table.h"

namespace labday {

/// What a terminal has room for. Without columns there are no pictures: what goes to a pipe or a file is text
/// for programs, too.
struct Canvas {
  int columns = 0;
  bool colour = false;
};

/// Of a terminal, as wide as it is, in colour unless $NO_COLOR is set (https://no-color.org) or $TERM is
/// `dumb`; without columns where `fd` is none.
[[nodiscard]] Canvas canvas_of(int fd);

enum class Tone : std::uint8_t { plain, good, bad };
/// Good for what is in the first place, bad for what is slower than the baseline.
[[nodiscard]] Tone tone_of(const Standing& standing);

struct Bar {
  double value = 0;  // not negative
  std::optional<Interval> interval;
  double full = 1;  // what a bar of the whole width is
  Tone tone = Tone::plain;
};

/// `█` up to the lower end of the interval, `▓` from there to the value, `░` from there to the upper end;
/// without an interval, or where it is narrower than a column, `█` to the value, in eighths of a column.
[[nodiscard]] std::string bar_text(const Bar& bar, int columns, bool colour);

/// The table with one bar a row: as its last column where the terminal is wide enough for that, below it with
/// the first `labels` columns where it is not, and without any where there is no room at all.
[[nodiscard]] std::string table_with_bars(const std::vector<Column>& columns,
                                          const std::vector<std::vector<std::string>>& rows,
                                          const std::vector<Bar>& bars, const std::string& title,
                                          std::size_t labels, const Canvas& canvas);

}  // namespace labday
