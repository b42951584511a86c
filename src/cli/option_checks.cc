#include "cli/option_checks.h"

#include <fmt/format.h>

#include <charconv>
#include <string>

namespace labday {

CLI::Validator whole_number(std::uint64_t least, std::uint64_t most) {
  return {[least, most](const std::string& text) -> std::string {
            std::uint64_t value = 0;
            const char* const end = text.data() + text.size();
            const auto [stop, error] = std::from_chars(text.data(), end, value);
            if (error == std::errc() && stop == end && value >= least && value <= most) return {};
            return fmt::format("'{}' is no whole number from {} to {}", text, least, most);
          },
          "NUMBER"};
}

CLI::Validator not_empty() {
  return {[](const std::string& text) -> std::string { return text.empty() ? "it must not be empty" : ""; },
          ""};
}

}  // namespace labday
