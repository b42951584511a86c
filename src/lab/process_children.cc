#include "lab/process_children.h"

#include <dirent.h>

#include <fstream>
#include <memory>
#include <string>

namespace labday {
namespace {

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

}  // namespace

std::vector<pid_t> children_of(pid_t parent) {
  // Children are listed by the thread that made them.
  const std::string tasks = "/proc/" + std::to_string(parent) + "/task";
  std::vector<pid_t> pids;
  const std::unique_ptr<DIR, CloseFolder> threads(::opendir(tasks.c_str()));
  if (!threads) return pids;
  while (const dirent* thread = ::readdir(threads.get())) {
    if (thread->d_name[0] == '.') continue;
    std::ifstream file(tasks + "/" + thread->d_name + "/children");
    for (pid_t pid = 0; file >> pid;) pids.push_back(pid);
  }
  return pids;
}

}  // namespace labday
