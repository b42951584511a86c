// Reading the values of a mode's parameters. Every function gives the fallback where the value is not set,
// and a usage error that says what is possible where it makes no sense.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "modes/mode.h"
#include "transport/worker_process.h"

namespace labday {

/// One of `words`, as its position in the list; the first is the fallback.
[[nodiscard]] Result<std::size_t> choice_value(const ModeSetup& setup, std::string_view name,
                                               std::initializer_list<std::string_view> words);

/// A number from 1 up; none where it is not set or is `none_word`.
[[nodiscard]] Result<std::optional<std::uint64_t>> count_value(const ModeSetup& setup, std::string_view name,
                                                               std::string_view none_word);

/// `fork` (the fallback) or `spawn`.
[[nodiscard]] Result<StartMethod> start_value(const ModeSetup& setup);

/// The text of a value, or `fallback`.
[[nodiscard]] std::string_view text_value(const ModeSetup& setup, std::string_view name,
                                          std::string_view fallback);

/// A whole number and nothing else.
[[nodiscard]] std::optional<std::uint64_t> whole_number(std::string_view text);

/// `NAME=TEXT is not possible: EXPECTED`.
[[nodiscard]] tl::unexpected<Error> bad_value(const ModeSetup& setup, std::string_view name,
                                              std::string_view expected);

}  // namespace labday
