// Columns of text that line up on a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace labday {

/// How many columns a terminal gives to UTF-8 text of what labday itself prints: one a code point.
[[nodiscard]] std::size_t display_width(std::string_view utf8);

enum class Align { left, right };

struct Column {
  std::string title;
  Align align = Align::right;
};

/// What a table says, wherever it is shown; each row has one cell a column.
struct TableCells {
  std::vector<Column> columns;
  std::vector<std::vector<std::string>> rows;
};

/// The titles and the rows, each with one cell a column, two spaces between columns, none at the end of a
/// line. Each line ends with a line feed.
[[nodiscard]] std::string table(const std::vector<Column>& columns,
                                const std::vector<std::vector<std::string>>& rows);
[[nodiscard]] inline std::string table(const TableCells& cells) { return table(cells.columns, cells.rows); }

}  // namespace labday
