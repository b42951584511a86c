#include "report/page.h"

#include <fmt/format.h>

#include "lab/environment.h"

namespace labday {
namespace {

/// JSON in ASCII, in which `<` is an escape: so there is neither `</script>` nor `<!--`, and no separator of
/// lines that only some parsers take for one.
std::string embedded(const Json& json) {
  const std::string plain = json.dump(-1, ' ', true, Json::error_handler_t::replace);
  std::string text;
  text.reserve(plain.size());
  for (const char c : plain) {
    if (c == '<') {
      text += "\\u003c";  // which can only be within a string
    } else {
      text += c;
    }
  }
  return text;
}

}  // namespace

std::size_t page_bytes(const Json& part) { return embedded(part).size(); }

std::string page_html(const PageShell& shell, const PageContent& content) {
  const Json data{{"schema", "labday.page/1"},
                  {"made", fmt::format("Made by labday {}. This file needs no network.", labday_version())},
                  {"shown", content.shown},
                  {"notes", content.notes},
                  {"common", content.common},
                  {"runs", content.runs}};
  std::string html(shell.before);
  html += embedded(data);
  html += shell.after;
  return html;
}

}  // namespace labday
