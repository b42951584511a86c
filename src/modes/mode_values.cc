#include "modes/mode_values.h"

#include <fmt/format.h>

#include <charconv>
#include <string>

namespace labday {

std::string_view text_value(const ModeSetup& setup, std::string_view name, std::string_view fallback) {
  const auto found = setup.values.find(std::string(name));
  return found == setup.values.end() ? fallback : std::string_view(found->second);
}

tl::unexpected<Error> bad_value(const ModeSetup& setup, std::string_view name, std::string_view expected) {
  return fail(Stage::plan, ErrorCode::usage, {},
              fmt::format("{}={} is not possible: {}", name, text_value(setup, name, ""), expected));
}

std::optional<std::uint64_t> whole_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || stop != text.data() + text.size()) return std::nullopt;
  return number;
}

Result<std::size_t> choice_value(const ModeSetup& setup, std::string_view name,
                                 std::initializer_list<std::string_view> words) {
  const std::string_view text = text_value(setup, name, *words.begin());
  std::string known;
  std::size_t position = 0;
  for (const std::string_view word : words) {
    if (word == text) return position;
    known += fmt::format("{}{}", known.empty() ? "it is " : " or ", word);
    ++position;
  }
  return bad_value(setup, name, known);
}

Result<std::optional<std::uint64_t>> count_value(const ModeSetup& setup, std::string_view name,
                                                 std::string_view none_word) {
  const std::string_view text = text_value(setup, name, none_word);
  if (text == none_word) return std::nullopt;
  const auto number = whole_number(text);
  if (number && *number > 0) return number;
  return bad_value(setup, name, fmt::format("it is a number from 1 up, or {}", none_word));
}

Result<StartMethod> start_value(const ModeSetup& setup) {
  const auto position = choice_value(setup, "start", {"fork", "spawn"});
  if (!position) return fail(position.error());
  return *position == 0 ? StartMethod::fork : StartMethod::spawn;
}

}  // namespace labday
