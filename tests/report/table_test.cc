#include "report/table.h"

#include <gtest/gtest.h>

namespace labday {
namespace {

TEST(Table, LinesUpItsColumnsAndEndsNoLineInSpaces) {
  const std::vector<Column> columns{{"mode", Align::left}, {"mean s"}, {"note", Align::left}};
  EXPECT_EQ(table(columns, {{"blocking", "7.55", "x"}, {"threads:workers=2", "12.04", ""}}),
            "mode               mean s  note\n"
            "blocking             7.55  x\n"
            "threads:workers=2   12.04\n");
}

TEST(Table, GivesATitleItsRoomEvenWhereCellsAreNarrow) {
  EXPECT_EQ(table({{"wide title", Align::left}, {"other title"}}, {{"a", "b"}}),
            "wide title  other title\n"
            "a                     b\n");
}

TEST(Table, WithoutRowsIsItsTitles) { EXPECT_EQ(table({{"a"}, {"b"}}, {}), "a  b\n"); }

TEST(Table, CountsCodePointsNotBytes) {
  EXPECT_EQ(display_width(""), 0U);
  EXPECT_EQ(display_width("1.20 – 1.40"), 11U);
  EXPECT_EQ(table({{"x", Align::left}, {"y"}}, {{"–", "1"}, {"ab", "–"}}),
            "x   y\n"
            "–   1\n"
            "ab  –\n");
}

}  // namespace
}  // namespace labday
