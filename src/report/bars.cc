#include "report/bars.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <string_view>

namespace labday {
namespace {

constexpr int kFewestColumns = 16;  // of a bar beside a table
constexpr int kMostColumns = 48;
constexpr int kFewestBelow = 8;
constexpr int kUnknownWidth = 80;

std::string repeated(std::string_view piece, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += piece;
  return text;
}

std::string bar_cells(const Bar& bar, int columns) {
  const auto place = [&](double value) {
    const double share = bar.full > 0 ? std::clamp(value / bar.full, 0.0, 1.0) : 0.0;
    return share * columns;
  };
  const auto column = [&](double value) { return static_cast<int>(std::lround(place(value))); };
  if (bar.interval && column(bar.interval->high) > column(bar.interval->low)) {
    const int low = column(bar.interval->low);
    const int middle = std::clamp(column(bar.value), low, column(bar.interval->high));
    return repeated("█", low) + repeated("▓", middle - low) +
           repeated("░", column(bar.interval->high) - middle);
  }
  constexpr std::array<std::string_view, 8> kEighths{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const int eighths = static_cast<int>(std::lround(8 * place(bar.value)));
  return repeated("█", eighths / 8) + std::string(kEighths.at(static_cast<std::size_t>(eighths % 8)));
}

std::vector<std::vector<std::string>> with_bars(std::vector<std::vector<std::string>> rows,
                                                const std::vector<Bar>& bars, int columns, bool colour) {
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i].push_back(bar_text(bars[i], columns, colour));
  return rows;
}

/// Of the longest line.
int width_of(std::string_view text) {
  std::size_t widest = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    widest = std::max(widest, display_width(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return static_cast<int>(widest);
}

}  // namespace

Canvas canvas_of(int fd) {
  if (::isatty(fd) != 1) return {};
  winsize size{};
  const bool known = ::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  const char* const no_colour = std::getenv("NO_COLOR");
  const char* const term = std::getenv("TERM");
  return {known ? size.ws_col : kUnknownWidth, (no_colour == nullptr || *no_colour == '\0') &&
                                                   term != nullptr && std::string_view(term) != "dumb"};
}

Tone tone_of(const Standing& standing) {
  // First: a place may be a chain of which only the ends are told apart.
  if (standing.verdict == Verdict::slower) return Tone::bad;
  return standing.place == 1 ? Tone::good : Tone::plain;
}

std::string bar_text(const Bar& bar, int columns, bool colour) {
  const std::string cells = bar_cells(bar, columns);
  if (!colour || bar.tone == Tone::plain || cells.empty()) return cells;
  return (bar.tone == Tone::good ? "\x1b[32m" : "\x1b[33m") + cells + "\x1b[0m";
}

std::string table_with_bars(const std::vector<Column>& columns,
                            const std::vector<std::vector<std::string>>& rows, const std::vector<Bar>& bars,
                            const std::string& title, std::size_t labels, const Canvas& canvas) {
  const std::string plain = table(columns, rows);
  if (canvas.columns <= 0 || rows.empty()) return plain;
  constexpr int kGap = 2;
  const int beside = canvas.columns - width_of(plain) - kGap;
  if (beside >= std::max(kFewestColumns, static_cast<int>(display_width(title)))) {
    std::vector<Column> wider = columns;
    wider.push_back({title, Align::left});
    return table(wider, with_bars(rows, bars, std::min(beside, kMostColumns), canvas.colour));
  }
  const auto end = static_cast<std::ptrdiff_t>(labels);
  std::vector<Column> few(columns.begin(), columns.begin() + end);
  std::vector<std::vector<std::string>> names;
  for (const auto& row : rows) names.emplace_back(row.begin(), row.begin() + end);
  const int below = canvas.columns - width_of(table(few, names)) - kGap;
  if (below < kFewestBelow) return plain;
  few.push_back({title, Align::left});
  return plain + "\n" + table(few, with_bars(names, bars, std::min(below, kMostColumns), canvas.colour));
}

}  // namespace labday
