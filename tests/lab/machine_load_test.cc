#include "lab/machine_load.h"

#include <gtest/gtest.h>

namespace labday {
namespace {

TEST(MachineLoad, ReadsTheTextsOfProc) {
  const auto load = parse_loadavg("7.65 6.75 4.55 9/151 6370\n");
  ASSERT_TRUE(load.has_value());
  EXPECT_DOUBLE_EQ((*load)[0], 7.65);
  EXPECT_DOUBLE_EQ((*load)[2], 4.55);
  EXPECT_EQ(parse_stat("cpu  100 20 30 400 50 6 7 8 9 10\ncpu0 1 2 3 4 5 6 7 8 9 10\n"),
            (CpuTicks{621, 450, 8}));
  EXPECT_DOUBLE_EQ(parse_pressure("some avg10=98.75 avg60=95.43 avg300=81.68 total=754424993\n"
                                  "full avg10=0.00 avg60=0.00 avg300=0.00 total=7\n")
                       .value(),
                   754.424993);
}

TEST(MachineLoad, WhatIsNotThereIsNoneAndNotZero) {
  EXPECT_FALSE(parse_loadavg("").has_value());
  EXPECT_FALSE(parse_loadavg("0.1 0.2").has_value());
  EXPECT_FALSE(parse_stat("").has_value());
  EXPECT_FALSE(parse_stat("cpu0 1 2 3 4 5 6 7 8").has_value());
  EXPECT_FALSE(parse_stat("cpu 1 2 3 4 5 6 7").has_value()) << "a kernel that knows no stolen time";
  EXPECT_FALSE(parse_pressure("").has_value());
  EXPECT_FALSE(parse_pressure("some avg10=1.00\nfull avg10=0.00 total=7\n").has_value());
}

TEST(MachineLoad, BetweenTwoLooksIsSharesOfTheTime) {
  MachineLoad before;
  before.uptime_seconds = 100;
  before.ticks = CpuTicks{1000, 600, 10};
  before.cpu_pressure_seconds = 1;
  MachineLoad after = before;
  after.uptime_seconds = 110;
  after.ticks = CpuTicks{2000, 800, 110};
  after.cpu_pressure_seconds = 6;
  after.io_pressure_seconds = 3;
  const LoadBetween between = load_between(before, after);
  EXPECT_DOUBLE_EQ(*between.stolen, 0.1);
  EXPECT_DOUBLE_EQ(*between.busy, 0.7);
  EXPECT_DOUBLE_EQ(*between.cpu_pressure, 0.5);
  EXPECT_FALSE(between.io_pressure.has_value()) << "known at one end only";
  EXPECT_FALSE(between.memory_pressure.has_value());
}

TEST(MachineLoad, WithoutTimeBetweenThereAreNoShares) {
  MachineLoad look;
  look.ticks = CpuTicks{1000, 600, 10};
  look.cpu_pressure_seconds = 1;
  EXPECT_FALSE(load_between(look, look).busy.has_value());
  EXPECT_FALSE(load_between(look, look).cpu_pressure.has_value());
}

TEST(MachineLoad, CountersThatGoBackAreNoNegativeTime) {
  MachineLoad before;
  before.ticks = CpuTicks{1000, 600, 10};
  MachineLoad after;
  after.ticks = CpuTicks{1100, 590, 9};
  EXPECT_DOUBLE_EQ(*load_between(before, after).stolen, 0);
  EXPECT_DOUBLE_EQ(*load_between(before, after).busy, 1);
}

TEST(MachineLoad, OfThisMachineIsThere) {
  const MachineLoad now = read_machine_load();
  EXPECT_GT(now.uptime_seconds, 0);
  ASSERT_TRUE(now.ticks.has_value());
  EXPECT_GT(now.ticks->all, now.ticks->idle);
}

}  // namespace
}  // namespace labday
