#include "base/cpu_budget.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <unistd.h>

#include "support/temp_folder.h"

namespace labday {
namespace {

using testing::TempFolder;

TEST(CpuBudget, RoundsAQuotaUpAndNeverExceedsTheAffinity) {
  EXPECT_EQ((CpuBudget{8, 4, 0}.cores()), 4);
  EXPECT_EQ((CpuBudget{8, 4, 2}.cores()), 2);
  EXPECT_EQ((CpuBudget{8, 4, 1.5}.cores()), 2);
  EXPECT_EQ((CpuBudget{8, 4, 0.1}.cores()), 1);
  EXPECT_EQ((CpuBudget{8, 4, 100}.cores()), 4);
  EXPECT_EQ((CpuBudget{8, 4, 1e12}.cores()), 4);
  EXPECT_EQ(CpuBudget{}.cores(), 1);
}

TEST(CpuBudget, OfThisProcessLiesWithinTheMachine) {
  const CpuBudget budget = cpu_budget();
  EXPECT_GE(budget.affinity, 1);
  EXPECT_LE(budget.affinity, sysconf(_SC_NPROCESSORS_CONF));
  EXPECT_GE(budget.quota_cores, 0);
  EXPECT_GE(budget.cores(), 1);
  EXPECT_LE(budget.cores(), budget.affinity);
}

TEST(CpuBudget, SeesThatTheProcessIsPinned) {
  cpu_set_t before;
  ASSERT_EQ(sched_getaffinity(0, sizeof before, &before), 0);
  int first = 0;
  while (!CPU_ISSET(first, &before)) ++first;
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(first, &one);
  ASSERT_EQ(sched_setaffinity(0, sizeof one, &one), 0);
  const CpuBudget pinned = cpu_budget();
  ASSERT_EQ(sched_setaffinity(0, sizeof before, &before), 0);
  EXPECT_EQ(pinned.affinity, 1);
  EXPECT_EQ(pinned.cores(), 1);
  EXPECT_EQ(cpu_budget().affinity, CPU_COUNT(&before));
}

TEST(CgroupQuota, OfVersion2IsTheLeastOnTheWayToTheRoot) {
  const TempFolder mount;
  const std::string self = "0::/slice/service\n";
  EXPECT_EQ(cgroup_quota_cores(self, mount.path()), 0);
  mount.write("slice/service/cpu.max", "max 100000\n");
  EXPECT_EQ(cgroup_quota_cores(self, mount.path()), 0);
  mount.write("slice/service/cpu.max", "300000 100000\n");
  EXPECT_EQ(cgroup_quota_cores(self, mount.path()), 3);
  mount.write("slice/cpu.max", "150000 100000\n");
  EXPECT_EQ(cgroup_quota_cores(self, mount.path()), 1.5);
  mount.write("cpu.max", "50000 100000\n");
  EXPECT_EQ(cgroup_quota_cores(self, mount.path()), 0.5);
}

TEST(CgroupQuota, OfAContainerIsReadAtTheRootOfItsMount) {
  const TempFolder mount;
  mount.write("cpu.max", "200000 100000\n");
  EXPECT_EQ(cgroup_quota_cores("0::/\n", mount.path()), 2);
  // The path is the host's, and does not exist below the container's mount.
  EXPECT_EQ(cgroup_quota_cores("0::/docker/0123abcd\n", mount.path()), 2);
  EXPECT_EQ(cgroup_quota_cores("0::/../other\n", mount.path()), 2);
}

TEST(CgroupQuota, OfVersion1IsThatOfTheCpuController) {
  const TempFolder mount;
  const std::string self =
      "5:memory:/m\n"
      "4:cpu,cpuacct:/job\n"
      "3:cpuset:/\n"
      "1:name=systemd:/x\n";
  mount.write("cpu,cpuacct/job/cpu.cfs_quota_us", "-1\n");
  mount.write("cpu,cpuacct/job/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(cgroup_quota_cores(self, mount.path()), 0);
  mount.write("cpu,cpuacct/job/cpu.cfs_quota_us", "250000\n");
  EXPECT_EQ(cgroup_quota_cores(self, mount.path()), 2.5);
  mount.write("cpuset/cpu.cfs_quota_us", "100000\n");
  mount.write("cpuset/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(cgroup_quota_cores(self, mount.path()), 2.5) << "cpuset is another controller";
}

TEST(CgroupQuota, WithBothVersionsMountedIsTheLeast) {
  const TempFolder mount;
  mount.write("cpu/cpu.cfs_quota_us", "100000");
  mount.write("cpu/cpu.cfs_period_us", "100000");
  mount.write("cpu.max", "300000 100000");
  EXPECT_EQ(cgroup_quota_cores("2:cpu:/\n0::/\n", mount.path()), 1);
}

TEST(CgroupQuota, WhatCannotBeReadDoesNotLimit) {
  const TempFolder mount;
  mount.write("cpu.max", "nonsense");
  for (const char* text : {"", "\n", "nonsense", "0:", "0::", "0::/", "::", "0::/a//b/\n", ":::::/\n"}) {
    EXPECT_EQ(cgroup_quota_cores(text, mount.path()), 0) << text;
    EXPECT_EQ(cgroup_quota_cores(text, "/nowhere"), 0) << text;
  }
  for (const char* content : {"", "100000", "100000 0", "-5 100000", "0 100000", "1e400 1"}) {
    mount.write("cpu.max", content);
    EXPECT_EQ(cgroup_quota_cores("0::/\n", mount.path()), 0) << content;
  }
}

}  // namespace
}  // namespace labday
