// What people typed, titles and notes, put where it can break nothing: on a terminal and in Markdown.
#pragma once

#include <string>
#include <string_view>

namespace labday {

/// printable() line by line, with a line feed behind each. Tabs stay, and so does a CR LF end of a line as
/// LF.
[[nodiscard]] std::string printable_lines(std::string_view text);

/// printable() for a place in a line of Markdown: shown as it is, and marking up nothing.
[[nodiscard]] std::string markdown_escaped(std::string_view text);

/// A note, which is Markdown, as printable_lines() for a page on which more follows. What could begin
/// something that ends only further down, as a fence of code or HTML does, ends with the note: it becomes a
/// quotation.
[[nodiscard]] std::string markdown_note(std::string_view note);

}  // namespace labday
