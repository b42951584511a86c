#include "lab/process_memory.h"

#include <fstream>
#include <string>
#include <vector>

#include "lab/process_children.h"

namespace labday {
namespace {

/// The kilobytes behind `key` in a file of lines like `Pss:   664 kB`; -1 where there are none.
std::int64_t kilobytes(const std::string& path, const std::string& key) {
  std::ifstream file(path);
  for (std::string word; file >> word;) {
    std::int64_t value = 0;
    if (word == key && file >> value) return value;
  }
  return -1;
}

std::uint64_t memory_bytes(const std::string& proc) {
  std::int64_t kb = kilobytes(proc + "/smaps_rollup", "Pss:");
  if (kb < 0) kb = kilobytes(proc + "/status", "VmRSS:");
  return kb < 0 ? 0 : static_cast<std::uint64_t>(kb) * 1024;
}

}  // namespace

std::uint64_t tree_memory_bytes(pid_t root) {
  std::uint64_t sum = 0;
  std::vector<pid_t> open{root};
  while (!open.empty()) {
    const pid_t pid = open.back();
    open.pop_back();
    sum += memory_bytes("/proc/" + std::to_string(pid));
    for (const pid_t child : children_of(pid)) open.push_back(child);
  }
  return sum;
}

}  // namespace labday
