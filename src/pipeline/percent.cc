#include "pipeline/percent.h"

#include <fmt/format.h>

#include <limits>

namespace labday {
namespace {

constexpr std::int64_t kMaxPercent = 1'000'000;
__extension__ using Wide = __int128;

std::int64_t power_of_ten(int exponent) {
  std::int64_t power = 1;
  while (exponent-- > 0) power *= 10;
  return power;
}

}  // namespace

Result<Percent> Percent::parse(std::string_view text) {
  const auto wrong = [&](std::string_view why) {
    return fail(
        Stage::plan, ErrorCode::usage, {},
        fmt::format("'{}' is no scale: {}; a scale is a percentage such as 120% or 12.5%", text, why));
  };
  std::string_view digits = text;
  if (digits.ends_with('%')) digits.remove_suffix(1);
  Percent percent{0, 0};
  bool point = false;
  bool any = false;
  for (const char c : digits) {
    if (c == '.' && !point) {
      point = true;
      continue;
    }
    if (c < '0' || c > '9') return wrong("it is not a decimal number");
    any = true;
    percent.units = percent.units * 10 + (c - '0');
    if (point && ++percent.digits > kMaxDigits) return wrong("it has more than 9 digits behind the point");
    if (percent.units > kMaxPercent * power_of_ten(percent.digits)) return wrong("it is above 1,000,000 %");
  }
  if (!any) return wrong("it is not a decimal number");
  if (percent.units == 0) return wrong("it is not above 0");
  while (percent.digits > 0 && percent.units % 10 == 0) {
    percent.units /= 10;
    --percent.digits;
  }
  return percent;
}

Result<std::int32_t> Percent::of(std::int32_t side) const {
  const Wide scaled = Wide{side} * units / (Wide{100} * power_of_ten(digits));
  if (scaled > std::numeric_limits<std::int32_t>::max()) {
    return fail(Stage::resize, ErrorCode::over_limit, {},
                fmt::format("{}% of {} pixels is more than an image can have on one side", text(), side));
  }
  return scaled < 1 ? 1 : static_cast<std::int32_t>(scaled);
}

std::string Percent::text(int decimals) const {
  Wide value = units;
  int have = digits;
  if (decimals < 0) decimals = digits;
  for (; have < decimals; ++have) value *= 10;
  if (have > decimals) {
    const Wide divisor = power_of_ten(have - decimals);
    const Wide rest = value % divisor;
    value /= divisor;
    if (rest * 2 > divisor || (rest * 2 == divisor && value % 2 == 1)) ++value;
  }
  std::string out;
  for (int i = 0; value > 0 || i <= decimals; ++i, value /= 10) {
    if (i == decimals && decimals > 0) out.insert(0, 1, '.');
    out.insert(0, 1, static_cast<char>('0' + static_cast<int>(value % 10)));
  }
  return out;
}

}  // namespace labday
