// How many cores this process may really use: fewer than the machine has when it is pinned, or when its
// control group has a quota (a container's usual limit, which std::thread::hardware_concurrency ignores).
#pragma once

#include <string>

namespace labday {

struct CpuBudget {
  int online = 1;          // processors of the machine that are online
  int affinity = 1;        // those of them that this process may be scheduled on
  double quota_cores = 0;  // CPU seconds a second that its control groups allow; 0 where there is no quota

  /// The number of workers that can make progress at the same time; at least 1. A quota is rounded up.
  [[nodiscard]] int cores() const;
};

/// Reads the affinity mask and the control groups (v1 and v2) of the calling process. Never fails: what
/// cannot be read does not limit.
[[nodiscard]] CpuBudget cpu_budget();

/// The least quota, in cores, on the way from the group named in `proc_self_cgroup` (the text of
/// /proc/self/cgroup) to the root, read below `mount` (/sys/fs/cgroup); 0 where there is none.
[[nodiscard]] double cgroup_quota_cores(const std::string& proc_self_cgroup, const std::string& mount);

}  // namespace labday
