#include "base/cpu_budget.h"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>
#include <string>

namespace labday {
namespace {

std::string read_text(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// Version 2: `cpu.max` holds "QUOTA PERIOD" in microseconds, or "max PERIOD".
double quota_v2(const std::string& folder) {
  std::istringstream text(read_text(folder + "/cpu.max"));
  double quota = 0;
  double period = 0;
  return text >> quota >> period && period > 0 ? quota / period : 0;
}

/// Version 1: two files; a quota of -1 is none.
double quota_v1(const std::string& folder) {
  std::istringstream text(read_text(folder + "/cpu.cfs_quota_us") + " " +
                          read_text(folder + "/cpu.cfs_period_us"));
  double quota = 0;
  double period = 0;
  return text >> quota >> period && quota > 0 && period > 0 ? quota / period : 0;
}

}  // namespace

double cgroup_quota_cores(const std::string& proc_self_cgroup, const std::string& mount) {
  double least = 0;
  const auto limit = [&](double quota) {
    if (quota > 0) least = least == 0 ? quota : std::min(least, quota);
  };
  std::istringstream lines(proc_self_cgroup);
  // A line is `id:controllers:/path`; version 2 has the id 0 and no controllers.
  for (std::string line; std::getline(lines, line);) {
    const auto first = line.find(':');
    const auto second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",";
    const bool v2 = controllers == ",,";
    if (!v2 && controllers.find(",cpu,") == std::string::npos) continue;
    const std::string root = v2 ? mount : mount + "/" + line.substr(first + 1, second - first - 1);
    // Inside a container the path may not exist below the mount: then only the root group can be read.
    for (std::string path = line.substr(second + 1);; path.erase(path.rfind('/'))) {
      const std::string folder = root + (path == "/" ? "" : path);
      limit(v2 ? quota_v2(folder) : quota_v1(folder));
      if (path.empty() || path.rfind('/') == std::string::npos) break;
    }
  }
  return least;
}

CpuBudget cpu_budget() {
  CpuBudget budget;
  budget.online = static_cast<int>(std::max(1L, sysconf(_SC_NPROCESSORS_ONLN)));
  budget.affinity = budget.online;
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) == 0) budget.affinity = std::max(1, CPU_COUNT(&set));
  budget.quota_cores = cgroup_quota_cores(read_text("/proc/self/cgroup"), "/sys/fs/cgroup");
  return budget;
}

int CpuBudget::cores() const {
  if (quota_cores <= 0) return affinity;
  // Compared as doubles: a quota may be beyond what an int holds.
  return std::max(1, static_cast<int>(std::min(std::ceil(quota_cores), static_cast<double>(affinity))));
}

}  // namespace labday
