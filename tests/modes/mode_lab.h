// What tests of modes have in common: a sink that keeps everything, and what can be seen of this process from
// outside.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "base/cancel.h"
#include "modes/mode.h"
#include "support/temp_folder.h"

namespace labday::testing {

/// Entries of a folder of /proc: this process's threads, or its descriptors.
[[nodiscard]] std::size_t count_entries(const char* folder);

/// This process's threads by what they do, which their names say.
struct Threads {
  std::size_t workers = 0;      // and whatever else there is
  std::size_t loop_and_io = 0;  // of the latter ours, or the kernel's for a ring
};
[[nodiscard]] Threads count_threads();

/// The processes whose parent this one is; zombies, too.
[[nodiscard]] std::set<int> child_processes();

/// This process's mappings and descriptors of memory that labday shares between processes.
[[nodiscard]] std::size_t shared_memory();

/// Descriptors of decoded sources among them.
[[nodiscard]] std::size_t shared_sources();

class CollectingSink final : public ResultSink {
 public:
  void deliver(TaskResult result) override;

  /// How often each task was delivered.
  [[nodiscard]] std::map<std::tuple<int, int, int>, int> deliveries() const;

  std::vector<TaskResult> results;
  Threads most_threads;
  std::size_t most_processes = 0;
  std::size_t most_shared_sources = 0;
  CancelToken* cancel = nullptr;  // raised after so many results
  std::size_t cancel_after = 0;

 private:
  bool inside_ = false;
};

void expect_each_task_once(std::span<const Task> tasks, const CollectingSink& sink);

/// Every file of `out`, by name.
[[nodiscard]] std::map<std::string, std::string> contents(const TempFolder& out);

}  // namespace labday::testing
