#include "report/bars.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>

#include "base/unique_fd.h"

namespace labday {
namespace {

TEST(Bars, ShowTheValueInEighthsOfAColumn) {
  EXPECT_EQ(bar_text({5, {}, 10, Tone::plain}, 10, false), "█████");
  EXPECT_EQ(bar_text({5.5, {}, 10, Tone::plain}, 10, false), "█████▌");
  EXPECT_EQ(bar_text({0.125, {}, 10, Tone::plain}, 10, false), "▏");
  EXPECT_EQ(bar_text({0, {}, 10, Tone::plain}, 10, false), "");
  EXPECT_EQ(bar_text({10, {}, 10, Tone::plain}, 10, false), "██████████");
}

TEST(Bars, ShowAnIntervalOnBothSidesOfTheValue) {
  EXPECT_EQ(bar_text({6, Interval{4, 9}, 10, Tone::plain}, 10, false), "████▓▓░░░");
  EXPECT_EQ(bar_text({6, Interval{6, 9}, 10, Tone::plain}, 10, false), "██████░░░");
  EXPECT_EQ(bar_text({5.5, Interval{5.4, 5.6}, 10, Tone::plain}, 10, false), "█████▓")
      << "as fine as columns are";
  EXPECT_EQ(bar_text({5.2, Interval{5.1, 5.3}, 10, Tone::plain}, 10, false), "█████▎") << "narrower than one";
}

TEST(Bars, StayWithinTheirColumnsWhateverTheFigures) {
  for (const double value : {-1.0, 0.0, 5.0, 1e300}) {
    for (const Interval interval :
         {Interval{-5, 5}, Interval{5, 1e300}, Interval{-1e300, -1}, Interval{9, 2}}) {
      for (const double full : {0.0, 1.0, 10.0}) {
        EXPECT_LE(display_width(bar_text({value, interval, full, Tone::plain}, 12, false)), 12U);
      }
    }
  }
}

TEST(Bars, HaveAColourOnlyWhereOneIsWanted) {
  EXPECT_EQ(bar_text({5, {}, 5, Tone::good}, 2, true), "\x1b[32m██\x1b[0m");
  EXPECT_EQ(bar_text({5, {}, 5, Tone::bad}, 2, true), "\x1b[33m██\x1b[0m");
  EXPECT_EQ(bar_text({5, {}, 5, Tone::plain}, 2, true), "██");
  EXPECT_EQ(bar_text({5, {}, 5, Tone::good}, 2, false), "██");
}

TEST(Bars, AreGreenForTheFirstPlaceAndYellowForWhatIsSlower) {
  Standing standing;
  EXPECT_EQ(tone_of(standing), Tone::plain);
  standing.verdict = Verdict::slower;
  EXPECT_EQ(tone_of(standing), Tone::bad);
  standing.place = 1;
  EXPECT_EQ(tone_of(standing), Tone::bad) << "the slow end of a place that is a chain";
  standing.verdict = Verdict::none;
  EXPECT_EQ(tone_of(standing), Tone::good);
}

const std::vector<Column> kColumns{{"mode", Align::left}, {"mean s", Align::right}};
const std::vector<std::vector<std::string>> kRows{{"blocking", "8.00"}, {"threads", "4.00"}};
const std::vector<Bar> kBars{{8, {}, 8, Tone::plain}, {4, {}, 8, Tone::plain}};

TEST(Bars, StandBesideATableWhereThereIsRoom) {
  EXPECT_EQ(table_with_bars(kColumns, kRows, kBars, "0 – 8 s", 1, {34, false}),
            "mode      mean s  0 – 8 s\n"
            "blocking    8.00  ████████████████\n"
            "threads     4.00  ████████\n");
}

TEST(Bars, StandBelowATableThatLeavesNoRoom) {
  EXPECT_EQ(table_with_bars(kColumns, kRows, kBars, "0 – 8 s", 1, {33, false}),
            "mode      mean s\n"
            "blocking    8.00\n"
            "threads     4.00\n"
            "\n"
            "mode      0 – 8 s\n"
            "blocking  ███████████████████████\n"
            "threads   ███████████▌\n");
}

TEST(Bars, AreLeftOutWithoutATerminalAndOnTheNarrowestOnes) {
  const std::string plain = table(kColumns, kRows);
  EXPECT_EQ(table_with_bars(kColumns, kRows, kBars, "0 – 8 s", 1, {}), plain);
  EXPECT_EQ(table_with_bars(kColumns, kRows, kBars, "0 – 8 s", 1, {12, false}), plain);
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const UniqueFd out(ends[0]);
  const UniqueFd in(ends[1]);
  EXPECT_EQ(canvas_of(in.get()).columns, 0);
}

}  // namespace
}  // namespace labday
