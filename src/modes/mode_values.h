// Values of parameters that ModeParameter alone cannot judge. Every function gives the fallback where the
// value is not set, and a usage error that says what is possible where it makes no sense.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "modes/mode.h"
#include "transport/worker_process.h"

namespace labday {

/// A number from 1 up; none where it is not set or is `none_word`.
[[nodiscard]] Result<std::optional<std::uint64_t>> count_value(const ModeValues& values,
                                                               const std::string& name,
                                                               std::string_view none_word);

/// `start`, one of kStartWords: `fork` is the fallback.
inline constexpr std::array<std::string_view, 2> kStartWords{"fork", "spawn"};
[[nodiscard]] StartMethod start_value(const ModeValues& values);

/// A whole number and nothing else.
[[nodiscard]] std::optional<std::uint64_t> whole_number(std::string_view text);

/// `NAME=TEXT is not possible: EXPECTED`.
[[nodiscard]] tl::unexpected<Error> bad_value(const ModeValues& values, const std::string& name,
                                              std::string_view expected);

}  // namespace labday
