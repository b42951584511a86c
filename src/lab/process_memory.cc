#include "lab/process_memory.h"

#include <dirent.h>

#include <fstream>
#include <memory>
#include <string>
#include <vector>

namespace labday {
namespace {

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

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

/// Children are listed by the thread that made them.
std::vector<pid_t> children(const std::string& proc) {
  std::vector<pid_t> pids;
  const std::unique_ptr<DIR, CloseFolder> tasks(::opendir((proc + "/task").c_str()));
  if (!tasks) return pids;
  while (const dirent* task = ::readdir(tasks.get())) {
    if (task->d_name[0] == '.') continue;
    std::ifstream file(proc + "/task/" + task->d_name + "/children");
    for (pid_t pid = 0; file >> pid;) pids.push_back(pid);
  }
  return pids;
}

}  // namespace

std::uint64_t tree_memory_bytes(pid_t root) {
  std::uint64_t sum = 0;
  std::vector<pid_t> open{root};
  while (!open.empty()) {
    const std::string proc = "/proc/" + std::to_string(open.back());
    open.pop_back();
    sum += memory_bytes(proc);
    for (const pid_t child : children(proc)) open.push_back(child);
  }
  return sum;
}

}  // namespace labday
