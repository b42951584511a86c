// What CLI11's own checks let pass: numbers that do not fit, and values that are there but empty.
#pragma once

#include <CLI/CLI.hpp>

#include <cstdint>
#include <string_view>

namespace labday {

/// A decimal whole number from `least` to `most`, digits only.
[[nodiscard]] CLI::Validator whole_number(std::uint64_t least, std::uint64_t most);

/// The same, or that word.
[[nodiscard]] CLI::Validator whole_number_or(std::string_view word, std::uint64_t least, std::uint64_t most);

/// At least one byte, as bytes_from() takes it.
[[nodiscard]] CLI::Validator byte_size();

[[nodiscard]] CLI::Validator not_empty();

}  // namespace labday
