// Pieces of the page of `labday report`, as page/page.js shows them. All that is given as text is shown as
// text, whatever it holds; strings are made valid UTF-8 by whoever gives them.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "report/json_parts.h"
#include "report/table.h"

namespace labday {

/// How a paragraph looks.
enum class Look : std::uint8_t {
  plain,
  lead,
  faded,
  note,
  typed /* with the spaces and lines that it has */
};

[[nodiscard]] Json text_block(std::string_view text, Look look = Look::plain);
/// A paragraph for each line.
void add_lines(Json& blocks, std::string_view lines, Look look = Look::plain);
[[nodiscard]] Json facts_block(const std::vector<std::pair<std::string, std::string>>& facts);
[[nodiscard]] Json table_block(const std::string& caption, const TableCells& cells);

struct Option {
  std::string label;
  Json blocks;
};
/// One of the options is shown, the first one to begin with.
[[nodiscard]] Json choice_block(std::string_view label, std::vector<Option> options);

/// What colours mean, for several charts.
[[nodiscard]] Json legend_block(const std::vector<std::pair<std::string, std::string>>& legend);

/// A list, each line an item with a capital at its beginning.
[[nodiscard]] Json items_block(std::string_view lines);

/// The same with a capital at its beginning, where that is a letter of ASCII.
[[nodiscard]] std::string capitalised(std::string text);

[[nodiscard]] Json section(std::string_view id, std::string_view title, Json blocks);

/// Rows of a chart, without the names of their columns.
class ChartData {
 public:
  ChartData(std::initializer_list<const char*> columns) : columns_(columns) {}
  void add(Json row) { rows_.push_back(std::move(row)); }
  [[nodiscard]] bool empty() const { return rows_.empty(); }
  [[nodiscard]] Json json() const { return {{"columns", columns_}, {"rows", rows_}}; }

 private:
  Json columns_;
  Json rows_ = Json::array();
};

/// A number as a chart needs it: six significant digits.
[[nodiscard]] Json plotted(double value);

struct Chart {
  std::string title;
  std::string about;  // sentences behind the title: how to read it, and what was left out
  std::vector<std::pair<std::string, std::string>> legend;  // what a colour means
  Json spec;                                                // Vega-Lite, in which data are named
  std::vector<std::pair<std::string, ChartData>> data;
  Json table;  // table_block(): the same in figures; null for none
};
[[nodiscard]] Json chart_block(Chart chart);

/// `var(--grid)`: colours are variables of page/page.css. Those of modes are in mode_colours.h.
[[nodiscard]] std::string colour(std::string_view name);

/// {"field": …, "type": "quantitative" or "nominal", …}; `more` is put in.
[[nodiscard]] Json quantity(std::string_view field, const Json& more = Json::object());
[[nodiscard]] Json category(std::string_view field, const Json& more = Json::object());
/// Of a nominal channel: rows from top to bottom, whose labels stand above them, so that they have the whole
/// width of a phone. The order is given as a domain: as a `sort` it would become an expression, in which a
/// name may be anything.
[[nodiscard]] Json row_order(const std::vector<std::string>& rows);
/// Lines of a tooltip: fields, their titles, and formats (d3-format) where they are numbers.
struct TooltipLine {
  std::string_view field;
  std::string_view title;
  std::string_view format;  // empty: text
};
[[nodiscard]] Json tooltip(std::initializer_list<TooltipLine> lines);
inline constexpr std::string_view kSecondsFormat = ".4~g";
/// {"domain": …, "range": …} of colours.
[[nodiscard]] Json colour_scale(const std::vector<std::pair<std::string, std::string>>& legend);

}  // namespace labday
