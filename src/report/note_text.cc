#include "report/note_text.h"

#include <algorithm>
#include <cctype>

#include "base/text.h"

namespace labday {
namespace {

/// Calls `use` with each line, without its end.
template <class Use>
void for_each_line(std::string_view text, Use use) {
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    std::string_view line = text.substr(begin, end - begin);
    if (line.ends_with('\r')) line.remove_suffix(1);
    use(line);
    begin = end + 1;
  }
}

std::string printable_line(std::string_view line) {
  std::string text;
  for (;;) {
    const std::size_t tab = line.find('\t');
    text += printable(line.substr(0, tab));
    if (tab == std::string_view::npos) return text;
    text += '\t';
    line.remove_prefix(tab + 1);
  }
}

/// Fences may be indented, or stand in lists, and lines that end the list end them: only a container that is
/// closed for certain makes sure.
bool may_stay_open(std::string_view note) {
  bool found = note.find("```") != std::string_view::npos || note.find("~~~") != std::string_view::npos;
  // HTML may begin anywhere, a block of it as well as an inline <details>.
  for (std::size_t at = note.find('<'); at != std::string_view::npos; at = note.find('<', at + 1)) {
    const char next = at + 1 < note.size() ? note[at + 1] : ' ';
    found = found || std::isalpha(static_cast<unsigned char>(next)) != 0 || next == '/' || next == '!' ||
            next == '?';
  }
  return found;
}

}  // namespace

std::string printable_lines(std::string_view text) {
  std::string lines;
  for_each_line(text, [&](std::string_view line) { lines += printable_line(line) + "\n"; });
  return lines;
}

std::string markdown_escaped(std::string_view text) {
  constexpr std::string_view kMarks = "\\<*_[#`&~";
  std::string escaped;
  for (const char c : printable(text)) {
    if (kMarks.find(c) != std::string_view::npos) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string markdown_note(std::string_view note) {
  if (!may_stay_open(note)) return printable_lines(note);
  std::string quotation;
  for_each_line(note, [&](std::string_view line) {
    quotation += (line.empty() ? ">" : "> ") + printable_line(line) + "\n";
  });
  return quotation;
}

}  // namespace labday
