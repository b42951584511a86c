#include "base/text.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

namespace labday {
namespace {

constexpr std::string_view kBase64Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The length of the valid UTF-8 sequence at the front of `s`, or 0 (Unicode 15, table 3-7).
std::size_t sequence_length(std::string_view s) {
  const auto at = [&](std::size_t i) { return i < s.size() ? static_cast<unsigned char>(s[i]) : 0U; };
  const auto tail = [&](std::size_t i) { return (at(i) & 0xC0U) == 0x80U; };
  const unsigned first = at(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return tail(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const unsigned low = first == 0xE0 ? 0xA0 : 0x80;
    const unsigned high = first == 0xED ? 0x9F : 0xBF;  // no surrogates
    return at(1) >= low && at(1) <= high && tail(2) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const unsigned low = first == 0xF0 ? 0x90 : 0x80;
    const unsigned high = first == 0xF4 ? 0x8F : 0xBF;
    return at(1) >= low && at(1) <= high && tail(2) && tail(3) ? 4 : 0;
  }
  return 0;
}

/// Calls valid(sequence) and invalid(byte) over `s`, in order.
template <class Valid, class Invalid>
void scan(std::string_view s, Valid valid, Invalid invalid) {
  while (!s.empty()) {
    const std::size_t n = sequence_length(s);
    if (n == 0) {
      invalid(static_cast<unsigned char>(s[0]));
    } else {
      valid(s.substr(0, n));
    }
    s.remove_prefix(n == 0 ? 1 : n);
  }
}

/// C0 and C1 controls and DEL: they could move a terminal's cursor or start an escape sequence.
bool is_control(std::string_view sequence) {
  const auto first = static_cast<unsigned char>(sequence[0]);
  if (sequence.size() == 1) return first < 0x20 || first == 0x7F;
  return first == 0xC2 && static_cast<unsigned char>(sequence[1]) < 0xA0;
}

}  // namespace

bool is_utf8(std::string_view bytes) {
  bool all = true;
  scan(
      bytes, [](std::string_view) {}, [&](unsigned char) { all = false; });
  return all;
}

std::string printable(std::string_view bytes) {
  std::string out;
  const auto escape = [&](unsigned char c) { out += fmt::format("\\x{:02x}", c); };
  scan(
      bytes,
      [&](std::string_view sequence) {
        if (!is_control(sequence)) {
          out += sequence;
          return;
        }
        for (const char c : sequence) escape(static_cast<unsigned char>(c));
      },
      escape);
  return out;
}

std::string lossy_utf8(std::string_view bytes) {
  std::string out;
  scan(
      bytes, [&](std::string_view sequence) { out += sequence; },
      [&](unsigned char) { out += "\xEF\xBF\xBD"; });
  return out;
}

std::string base64(std::string_view bytes) {
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t n = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      group = group << 8 | (k < n ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    }
    for (std::size_t k = 0; k < 4; ++k) out += k <= n ? kBase64Digits[group >> (18 - 6 * k) & 63U] : '=';
  }
  return out;
}

std::optional<std::string> from_base64(std::string_view text) {
  std::string bytes;
  std::uint32_t group = 0;
  int bits = 0;
  for (const char c : text.substr(0, text.find_last_not_of('=') + 1)) {
    const auto digit = kBase64Digits.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    group = group << 6 | static_cast<std::uint32_t>(digit);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes += static_cast<char>(group >> bits & 255U);
  }
  // One way to write each text: padding, and the bits that are left over, are as they should be.
  if (base64(bytes) != text) return std::nullopt;
  return bytes;
}

std::optional<std::uint64_t> bytes_from(std::string_view text) {
  constexpr std::string_view kUnits = "KMG";
  constexpr std::uint64_t kMost = std::uint64_t{1} << 50;
  std::uint64_t unit = 1;
  if (text.empty()) return std::nullopt;
  if (const auto power = kUnits.find(text.back()); power != std::string_view::npos) {
    unit = std::uint64_t{1} << (10 * (power + 1));
    text.remove_suffix(1);
  }
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number > kMost / unit) return std::nullopt;
  return number * unit;
}

std::string with_commas(std::uint64_t n) {
  std::string digits = std::to_string(n);
  for (std::size_t i = digits.size(); i > 3;) digits.insert(i -= 3, ",");
  return digits;
}

std::string human_bytes(std::uint64_t bytes) {
  static constexpr std::array<std::string_view, 6> kUnits{"B", "kB", "MB", "GB", "TB", "PB"};
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 999.95 && unit + 1 < kUnits.size()) {
    value /= 1000;
    ++unit;
  }
  return unit == 0 ? fmt::format("{} B", bytes) : fmt::format("{:.1f} {}", value, kUnits[unit]);
}

}  // namespace labday
