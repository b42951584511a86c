#include "pipeline/percent.h"

#include <gtest/gtest.h>

#include "pipeline/job.h"

namespace labday {
namespace {

TEST(Percent, IsExactWhereDoublesAreNot) {
  EXPECT_EQ(Percent::parse("140%")->of(1440), 2016);  // 1440 * 1.4 is 2015.9999999999998 as doubles
  EXPECT_EQ(Percent::parse("33.3")->of(1000), 333);
  EXPECT_EQ(Percent::parse("0.1%")->of(1999), 1);
}

TEST(Percent, RoundsDownButNeverToNothing) {
  EXPECT_EQ(Percent::parse("50%")->of(3), 1);
  EXPECT_EQ(Percent::parse("1%")->of(7), 1);
  EXPECT_EQ(Percent::parse("119.9%")->of(10), 11);
}

TEST(Percent, RefusesASideThatNoImageCanHave) {
  const auto side = Percent::parse("1000000%")->of(300'000);
  ASSERT_FALSE(side);
  EXPECT_EQ(side.error().code, ErrorCode::over_limit);
}

TEST(Percent, IsInLowestTerms) {
  EXPECT_EQ(*Percent::parse("12.500%"), *Percent::parse("12.5"));
  EXPECT_EQ(*Percent::parse("0120.0%"), *Percent::parse("120"));
}

TEST(Percent, RefusesWhatIsNoPositiveDecimal) {
  for (const char* bad : {"",
                          "%",
                          "0",
                          "0%",
                          "0.0",
                          "-5",
                          "+5",
                          "1e2",
                          "abc",
                          "1..2",
                          "1.2.3",
                          ".",
                          "12 %",
                          "120%%",
                          "1000001",
                          "99999999999999999999",
                          "1.0000000001",
                          "nan",
                          "inf",
                          "0x10"}) {
    const auto percent = Percent::parse(bad);
    ASSERT_FALSE(percent) << bad;
    EXPECT_EQ(percent.error().code, ErrorCode::usage);
  }
}

TEST(Percent, IsWrittenAsItWasTypedOrWithDecimals) {
  EXPECT_EQ(Percent::parse("120%")->text(), "120");
  EXPECT_EQ(Percent::parse("12.5")->text(), "12.5");
  EXPECT_EQ(Percent::parse("0.05")->text(), "0.05");
  EXPECT_EQ(Percent::parse("120%")->text(1), "120.0");
  EXPECT_EQ(Percent::parse("0.05")->text(1), "0.0");  // half to even, as Python's format
  EXPECT_EQ(Percent::parse("0.15")->text(1), "0.2");
  EXPECT_EQ(Percent::parse("0.05")->text(3), "0.050");
  EXPECT_EQ(Percent::parse("99.96")->text(1), "100.0");
  EXPECT_EQ(Percent::parse("99.5")->text(0), "100");
}

TEST(RenditionSize, OfAWidthKeepsTheAspectAndRoundsTheHeight) {
  Rendition rendition;
  rendition.width = 800;
  EXPECT_EQ(*rendition_size(rendition, {1200, 801}), (Size{800, 534}));
  EXPECT_EQ(*rendition_size(rendition, {1600, 3}), (Size{800, 2}));  // 1.5, halves up
  EXPECT_EQ(*rendition_size(rendition, {100'000, 1}), (Size{800, 1}));
}

TEST(RenditionSize, OfAScaleScalesBothSides) {
  Rendition rendition;
  rendition.scale = *Percent::parse("140");
  EXPECT_EQ(*rendition_size(rendition, {1440, 1}), (Size{2016, 1}));
}

}  // namespace
}  // namespace labday
