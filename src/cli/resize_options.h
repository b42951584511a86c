// The flags of `labday resize`, besides those that it shares with bench.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "cli/job_options.h"
#include "cli/outputs.h"
#include "pipeline/job.h"
#include "pipeline/resume.h"
#include "pipeline/shard.h"

namespace CLI {
class App;
}

namespace labday {

struct ResizeOptions {
  JobOptions job;
  std::string output;
  std::string mode;
  std::string on_exists;
  std::string manifest;
  std::string manifest_root;
  std::string shard;
  std::string log_json;
  std::string failed_list;
  double task_timeout = 0;  // seconds; 0: none
  bool dry_run = false;
  bool resume = false;
  bool verify = false;
  bool checksum = false;
  bool durable = false;
  bool retry_failed = false;

  /// Adds all flags to the command; `this` must outlive it.
  void add_to(CLI::App& command);

  /// The job, still without sources. usage error for flags that contradict each other.
  [[nodiscard]] Result<Job> make_job() const;
  [[nodiscard]] Result<Shard> shard_wanted() const;
  [[nodiscard]] std::vector<Output> outputs() const;
  [[nodiscard]] ResumeRules resume_rules() const { return {verify, retry_failed}; }
};

}  // namespace labday
