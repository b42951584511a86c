#include "base/text.h"

#include <gtest/gtest.h>

#include <limits>

namespace labday {
namespace {

// The edges of Unicode 15, table 3-7: the first and last sequences of each row.
constexpr const char* kValid[] = {"",
                                  "plain",
                                  "\x7f",
                                  "\xc2\x80",
                                  "\xdf\xbf",
                                  "\xe0\xa0\x80",
                                  "\xed\x9f\xbf",
                                  "\xee\x80\x80",
                                  "\xef\xbf\xbf",
                                  "\xf0\x90\x80\x80",
                                  "\xf4\x8f\xbf\xbf",
                                  "sm\xc3\xb6rg\xc3\xa5s"};

// Stray tails, overlong forms, surrogates, beyond U+10FFFF, and sequences cut short.
constexpr const char* kInvalid[] = {"\x80",
                                    "\xbf",
                                    "\xc0\x80",
                                    "\xc1\xbf",
                                    "\xc3",
                                    "\xc3x",
                                    "\xe0\x9f\xbf",
                                    "\xe2\x82",
                                    "\xe2\x82x",
                                    "\xed\xa0\x80",
                                    "\xed\xbf\xbf",
                                    "\xf0\x8f\xbf\xbf",
                                    "\xf0\x9f\x98",
                                    "\xf4\x90\x80\x80",
                                    "\xf5\x80\x80\x80",
                                    "\xff",
                                    "good\xfe"};

TEST(Text, TellsUtf8FromOtherBytes) {
  for (const char* text : kValid) EXPECT_TRUE(is_utf8(text)) << printable(text);
  for (const char* text : kInvalid) EXPECT_FALSE(is_utf8(text)) << printable(text);
  EXPECT_TRUE(is_utf8(std::string_view("a\0b", 3)));
}

TEST(Text, LooksAtNoByteBehindTheEnd) {
  const std::string whole = "\xe2\x82\xac";
  for (std::size_t n = 1; n < whole.size(); ++n) {
    EXPECT_FALSE(is_utf8(std::string_view(whole).substr(0, n)));
    EXPECT_EQ(printable(std::string_view(whole).substr(0, n)).size(), 4 * n);
  }
}

TEST(Text, PrintableKeepsUtf8AndEscapesTheRest) {
  EXPECT_EQ(printable("sm\xc3\xb6rg\xc3\xa5s \xe2\x82\xac \xf0\x9f\x98\x80"),
            "sm\xc3\xb6rg\xc3\xa5s \xe2\x82\xac \xf0\x9f\x98\x80");
  EXPECT_EQ(printable("a\xff\xc3z"), "a\\xff\\xc3z");
  EXPECT_EQ(printable("\xed\xa0\x80"), "\\xed\\xa0\\x80");
  EXPECT_EQ(printable("C:\\x41"), "C:\\x41");
}

TEST(Text, PrintableLetsNoControlCharacterReachATerminal) {
  EXPECT_EQ(printable("a\nb\r\x1b[2J\x7f"), "a\\x0ab\\x0d\\x1b[2J\\x7f");
  EXPECT_EQ(printable(std::string_view("\0", 1)), "\\x00");
  EXPECT_EQ(printable("\xc2\x9b"
                      "31m"),
            "\\xc2\\x9b31m");  // the 8-bit form of the escape sequence
  EXPECT_EQ(printable("\xc2\xa0"), "\xc2\xa0");
  for (int c = 0; c < 256; ++c) {
    const std::string shown = printable(std::string(1, static_cast<char>(c)));
    EXPECT_EQ(shown.size(), c >= 0x20 && c < 0x7f ? 1U : 4U) << c;
    EXPECT_TRUE(is_utf8(shown)) << c;
  }
}

TEST(Text, LossyUtf8IsUtf8WhateverTheBytes) {
  EXPECT_EQ(lossy_utf8("a\n\xc3\xb6"), "a\n\xc3\xb6");
  EXPECT_EQ(lossy_utf8("a\xff\xfe"), "a\xef\xbf\xbd\xef\xbf\xbd");
  EXPECT_EQ(lossy_utf8("\xe2\x82"), "\xef\xbf\xbd\xef\xbf\xbd");
  for (const char* text : kInvalid) EXPECT_TRUE(is_utf8(lossy_utf8(text)));
  for (const char* text : kValid) EXPECT_EQ(lossy_utf8(text), text);
}

// RFC 4648, section 10.
TEST(Text, Base64HasTheValuesOfTheStandard) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foo"), "Zm9v");
  EXPECT_EQ(base64("foob"), "Zm9vYg==");
  EXPECT_EQ(base64("fooba"), "Zm9vYmE=");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64("\xff\xfe\xfd"), "//79");
  EXPECT_EQ(base64("\xfb\xf0"), "+/A=");
  EXPECT_EQ(base64(std::string_view("\0", 1)), "AA==");
}

TEST(Text, SeparatesThousandsByCommas) {
  EXPECT_EQ(with_commas(0), "0");
  EXPECT_EQ(with_commas(999), "999");
  EXPECT_EQ(with_commas(1000), "1,000");
  EXPECT_EQ(with_commas(123456), "123,456");
  EXPECT_EQ(with_commas(1234567), "1,234,567");
  EXPECT_EQ(with_commas(std::numeric_limits<std::uint64_t>::max()), "18,446,744,073,709,551,615");
}

TEST(Text, SaysBytesInDecimalUnits) {
  EXPECT_EQ(human_bytes(0), "0 B");
  EXPECT_EQ(human_bytes(999), "999 B");
  EXPECT_EQ(human_bytes(1000), "1.0 kB");
  EXPECT_EQ(human_bytes(353'200'000), "353.2 MB");
  EXPECT_EQ(human_bytes(std::numeric_limits<std::uint64_t>::max()), "18446.7 PB");
}

TEST(Text, NeverSaysAThousandOfAUnit) {
  EXPECT_EQ(human_bytes(999'949), "999.9 kB");
  EXPECT_EQ(human_bytes(999'950), "1.0 MB");
  EXPECT_EQ(human_bytes(999'999'999), "1.0 GB");
}

TEST(Text, Base64ComesBackAsTheBytesItWasMadeOf) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) {
    EXPECT_EQ(from_base64(base64(bytes)), bytes);
    bytes += static_cast<char>(255 - i);
  }
  for (const char* wrong :
       {"A", "AA", "AA=", "AB==", "A===", "AAA", "AAAA=", "A A=", "AA==AA==", "====", "é==="}) {
    EXPECT_FALSE(from_base64(wrong).has_value()) << wrong;
  }
  EXPECT_EQ(from_base64(""), "");
}

}  // namespace
}  // namespace labday
