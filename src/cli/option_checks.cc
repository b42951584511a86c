#include "cli/option_checks.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <charconv>
#include <string>

#include "base/text.h"

namespace labday {
namespace {

/// What is wrong with `text`; empty where nothing is.
std::string number_problem(const std::string& text, std::uint64_t least, std::uint64_t most) {
  std::uint64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error == std::errc() && stop == end && value >= least && value <= most) return {};
  return fmt::format("'{}' is no whole number from {} to {}", text, least, most);
}

}  // namespace

CLI::Validator whole_number(std::uint64_t least, std::uint64_t most) {
  return {[least, most](const std::string& text) { return number_problem(text, least, most); }, "NUMBER"};
}

CLI::Validator whole_number_or(std::string_view word, std::uint64_t least, std::uint64_t most) {
  return {[word = std::string(word), least, most](const std::string& text) -> std::string {
            if (text == word) return {};
            const std::string problem = number_problem(text, least, most);
            return problem.empty() ? problem : fmt::format("{}, nor {}", problem, word);
          },
          fmt::format("NUMBER or {}", word)};
}

CLI::Validator byte_size() {
  return {[](const std::string& text) -> std::string {
            if (bytes_from(text).value_or(0) > 0) return {};
            return fmt::format("'{}' is no size: write 512M, 2G or a number of bytes", text);
          },
          "SIZE"};
}

CLI::Validator not_empty() {
  return {[](const std::string& text) -> std::string { return text.empty() ? "it must not be empty" : ""; },
          ""};
}

}  // namespace labday
