#include "base/kernel_figures.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

namespace labday {
namespace {

TEST(KernelFigures, AreReadFromTheTextsOfProc) {
  KernelFigures figures;
  parse_schedstat("2829465000 3563310 54\n", figures);
  EXPECT_EQ(figures.cpu, Nanoseconds(2'829'465'000));
  EXPECT_EQ(figures.run_delay, Nanoseconds(3'563'310));
  parse_switches("Name:\tx\nvoluntary_ctxt_switches:\t9\nnonvoluntary_ctxt_switches:\t45\n", figures);
  EXPECT_EQ(figures.voluntary_switches, 9U);
  EXPECT_EQ(figures.involuntary_switches, 45U);
  std::string stat = "12 (a (b) c) S";
  for (int field = 4; field < 42; ++field) stat += " 1";
  parse_block_delay(stat + " 250 0 0\n", figures);
  ASSERT_TRUE(figures.block_delay.has_value());
  EXPECT_EQ(figures.block_delay->count() % 250, 0);
  EXPECT_GT(figures.block_delay->count(), 0);
}

TEST(KernelFigures, ThatAreNotThereAreNone) {
  KernelFigures figures;
  parse_schedstat("", figures);
  parse_schedstat("12 x 4", figures);
  parse_switches("Name: x\n", figures);
  parse_block_delay("12 (x) S 1 2 3", figures);
  EXPECT_EQ(figures, KernelFigures{});
  EXPECT_EQ(read_kernel_figures("/proc/no-such-thing"), KernelFigures{});
}

TEST(KernelFigures, OfAThreadThatSleepsCountThatItWaited) {
  const KernelFigures before = own_kernel_figures();
  std::this_thread::sleep_for(std::chrono::milliseconds(2));
  const KernelFigures added = between(before, own_kernel_figures());
  ASSERT_TRUE(added.voluntary_switches.has_value());
  EXPECT_GE(*added.voluntary_switches, 1U);
}

TEST(KernelFigures, AddUpWhereTheyAreKnown) {
  KernelFigures sum;
  add(sum, {Nanoseconds(1), std::nullopt, std::nullopt, 2, 3});
  add(sum, {Nanoseconds(10), Nanoseconds(20), std::nullopt, std::nullopt, 30});
  EXPECT_EQ(sum, (KernelFigures{Nanoseconds(11), Nanoseconds(20), std::nullopt, 2, 33}));
  const KernelFigures later{Nanoseconds(5), Nanoseconds(30), Nanoseconds(1), 1, 40};
  EXPECT_EQ(between(sum, later), (KernelFigures{Nanoseconds(0), Nanoseconds(10), std::nullopt, 0, 7}));
}

}  // namespace
}  // namespace labday
