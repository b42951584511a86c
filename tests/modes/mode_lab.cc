#include "modes/mode_lab.h"

#include <dirent.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace labday::testing {
namespace {

constexpr std::size_t kLookAtAll = 100;
constexpr std::size_t kLookAtEach = 50;

/// Links of /proc/self/fd to memory called `name`.
std::size_t descriptors_of(const std::string& name) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code gone;  // the iterator's own is among them
    const std::string target = std::filesystem::read_symlink(entry.path(), gone).string();
    if (target.find("memfd:" + name) != std::string::npos) ++count;
  }
  return count;
}

}  // namespace

std::size_t count_entries(const char* folder) {
  std::size_t count = 0;
  DIR* const handle = opendir(folder);
  while (readdir(handle) != nullptr) ++count;
  closedir(handle);
  return count;
}

Threads count_threads() {
  Threads threads;
  DIR* const handle = opendir("/proc/self/task");
  while (const dirent* entry = readdir(handle)) {
    if (entry->d_name[0] == '.') continue;
    std::string name;
    std::getline(std::ifstream("/proc/self/task/" + std::string(entry->d_name) + "/comm"), name);
    const bool apart = name == "labday-loop" || name == "labday-io" || name.starts_with("iou-wrk-");
    ++(apart ? threads.loop_and_io : threads.workers);
  }
  closedir(handle);
  return threads;
}

std::set<int> child_processes() {
  std::set<int> children;
  for (const auto& thread : std::filesystem::directory_iterator("/proc/self/task")) {
    std::ifstream list(thread.path() / "children");
    for (int pid = 0; list >> pid;) children.insert(pid);
  }
  return children;
}

std::size_t shared_memory() {
  std::size_t count = descriptors_of("labday");
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    if (line.find("memfd:labday") != std::string::npos) ++count;
  }
  return count;
}

std::size_t shared_sources() { return descriptors_of("labday-source"); }

void CollectingSink::deliver(TaskResult result) {
  EXPECT_FALSE(inside_) << "deliver() was entered twice at the same time";
  inside_ = true;
  // Looking costs more than a tiny task.
  if (results.size() < kLookAtAll || results.size() % kLookAtEach == 0) {
    const Threads threads = count_threads();
    most_threads.workers = std::max(most_threads.workers, threads.workers);
    most_threads.loop_and_io = std::max(most_threads.loop_and_io, threads.loop_and_io);
    most_processes = std::max(most_processes, child_processes().size());
    most_shared_sources = std::max(most_shared_sources, shared_sources());
  }
  results.push_back(std::move(result));
  if (cancel != nullptr && results.size() == cancel_after) cancel->request();
  inside_ = false;
}

std::map<std::tuple<int, int, int>, int> CollectingSink::deliveries() const {
  std::map<std::tuple<int, int, int>, int> counts;
  for (const TaskResult& r : results) ++counts[{r.task.source, r.task.first, r.task.last}];
  return counts;
}

void expect_each_task_once(std::span<const Task> tasks, const CollectingSink& sink) {
  const auto deliveries = sink.deliveries();
  EXPECT_EQ(sink.results.size(), tasks.size());
  for (const Task& t : tasks) {
    const auto found = deliveries.find({t.source, t.first, t.last});
    EXPECT_TRUE(found != deliveries.end() && found->second == 1) << "task of source " << t.source;
  }
}

std::map<std::string, std::string> contents(const TempFolder& out) {
  std::map<std::string, std::string> all;
  for (const std::string& name : out.files()) all[name] = read_text(out.path() / name);
  return all;
}

}  // namespace labday::testing
