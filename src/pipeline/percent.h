// A scale as the exact decimal that was typed. Doubles would make 2015 pixels of 140 % of 1440.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace labday {

/// units / 10^digits per cent, in lowest terms: 120 % is {120, 0}, 12.50 % is {125, 1}.
struct Percent {
  static constexpr int kMaxDigits = 9;  // behind the point

  std::int64_t units = 100;
  std::int32_t digits = 0;

  /// Reads "120%", "12.5%" or "120". usage error unless it is a decimal above 0, at most 1,000,000 % and with
  /// at most 9 digits behind the point.
  [[nodiscard]] static Result<Percent> parse(std::string_view text);

  /// floor(side × this / 100), at least 1; over_limit where that leaves 32 bits.
  [[nodiscard]] Result<std::int32_t> of(std::int32_t side) const;

  /// "120", "12.5"; with `decimals` ≥ 0 exactly that many, rounded half to even as Python's format does.
  [[nodiscard]] std::string text(int decimals = -1) const;

  bool operator==(const Percent&) const = default;
};

}  // namespace labday
