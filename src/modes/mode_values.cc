#include "modes/mode_values.h"

#include <fmt/format.h>

#include <charconv>
#include <string>

namespace labday {

tl::unexpected<Error> bad_value(const ModeValues& values, const std::string& name,
                                std::string_view expected) {
  return fail(Stage::plan, ErrorCode::usage, {},
              fmt::format("{}={} is not possible: {}", name, values.word(name, ""), expected));
}

std::optional<std::uint64_t> whole_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || stop != text.data() + text.size()) return std::nullopt;
  return number;
}

Result<std::optional<std::uint64_t>> count_value(const ModeValues& values, const std::string& name,
                                                 std::string_view none_word) {
  const std::string_view text = values.word(name, none_word);
  if (text == none_word) return std::nullopt;
  const auto number = whole_number(text);
  if (number && *number > 0) return number;
  return bad_value(values, name, fmt::format("it is a number from 1 up, or {}", none_word));
}

StartMethod start_value(const ModeValues& values) {
  return values.word("start", "fork") == "fork" ? StartMethod::fork : StartMethod::spawn;
}

}  // namespace labday
