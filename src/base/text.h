// Text from and for people: file names are bytes, terminals and JSON want UTF-8.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace labday {

[[nodiscard]] bool is_utf8(std::string_view bytes);

/// For terminals: valid UTF-8 without control characters stays; every other byte becomes `\xNN`.
[[nodiscard]] std::string printable(std::string_view bytes);

/// For JSON: each byte that is not part of valid UTF-8 becomes U+FFFD.
[[nodiscard]] std::string lossy_utf8(std::string_view bytes);

/// RFC 4648, with padding.
[[nodiscard]] std::string base64(std::string_view bytes);

/// The bytes that base64() made this text of; none where it made no such text.
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

/// `4096`, `512K`, `1M`, `2G`: a whole number of bytes, or of units of 1024, 1024² and so on, up to 2⁵⁰
/// bytes; none where it is something else.
[[nodiscard]] std::optional<std::uint64_t> bytes_from(std::string_view text);

/// `1,234,567`
[[nodiscard]] std::string with_commas(std::uint64_t n);

/// `353.2 MB`: decimal units, three or four significant digits.
[[nodiscard]] std::string human_bytes(std::uint64_t bytes);

}  // namespace labday
