#include "base/wire.h"

#include <gtest/gtest.h>

namespace labday {
namespace {

enum class Colour : std::uint8_t { red, green };

TEST(Wire, ReadsBackWhatWasWritten) {
  WireWriter out;
  out(std::uint64_t{0xFEDCBA9876543210}), out(std::int32_t{-5}), out(true), out(Colour::green);
  out(std::string("a\0b\xFF", 4)), out(std::string());
  const Bytes wire = out.take();
  WireReader in(wire);
  std::uint64_t large = 0;
  std::int32_t negative = 0;
  bool yes = false;
  Colour colour = Colour::red;
  std::string text;
  std::string empty = "not yet";
  in(large), in(negative), in(yes), in(colour), in(text), in(empty);
  EXPECT_TRUE(in.ok());
  EXPECT_TRUE(in.at_end());
  EXPECT_EQ(large, 0xFEDCBA9876543210U);
  EXPECT_EQ(negative, -5);
  EXPECT_TRUE(yes);
  EXPECT_EQ(colour, Colour::green);
  EXPECT_EQ(text, std::string("a\0b\xFF", 4));
  EXPECT_EQ(empty, "");
}

TEST(Wire, ReadsZeroesOnceAValueIsMissing) {
  WireWriter out;
  out(std::uint16_t{7});
  const Bytes wire = out.take();
  WireReader in(wire);
  std::uint32_t value = 9;
  std::uint16_t behind = 9;
  in(value), in(behind);
  EXPECT_FALSE(in.ok());
  EXPECT_EQ(value, 0U);
  EXPECT_EQ(behind, 0U);
}

TEST(Wire, RefusesTextAndCountsBeyondTheEnd) {
  WireWriter out;
  out.count(1000);
  const Bytes wire = out.take();
  std::string text = "old";
  WireReader as_text(wire);
  as_text(text);
  EXPECT_FALSE(as_text.ok());
  EXPECT_EQ(text, "");
  WireReader as_count(wire);
  EXPECT_EQ(as_count.count(4), 0U);
  EXPECT_FALSE(as_count.ok());
}

TEST(Wire, RefusesWhatIsNoBoolOrEnumerator) {
  const Bytes wire{2, 2};
  WireReader in(wire);
  Colour colour = Colour::red;
  in(colour);
  EXPECT_TRUE(in.ok());
  in.check(colour, Colour::green);
  EXPECT_FALSE(in.ok());
  WireReader again(wire);
  bool yes = false;
  again(yes);
  EXPECT_FALSE(again.ok());
}

}  // namespace
}  // namespace labday
