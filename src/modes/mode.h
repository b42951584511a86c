// The contract of an execution mode. A new mode is one new file in this folder that defines a `ModeInfo`, and
// one line in mode_list.h; help, bench and the contract tests walk the registry.
//
// Every mode promises, and tests/modes/contract_test.cc checks:
//  1. every task is executed and its result delivered to the sink exactly once, also when a worker dies;
//  2. the files are byte-identical to those of `blocking`;
//  3. a bad source fails its own task only;
//  4. on cancellation nothing half-written stays, workers are reaped, the rest is delivered as not done;
//  5. never more workers than asked; no thread, process, descriptor or shared memory is left behind;
//  6. memory is bounded by the workers; the plan costs under 300 bytes a source;
//  7. where Job::records asks for it, every task that was begun has a record: queued ≤ started ≤ ended, the
//  time
//     of its stages in between, and a worker below the number of workers.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/cancel.h"
#include "base/result.h"
#include "modes/run_record.h"
#include "modes/scheduling.h"
#include "pipeline/io.h"
#include "pipeline/job.h"
#include "pipeline/run_task.h"

namespace labday {

/// A worker process ended that should not have.
struct WorkerLoss {
  int pid = 0;
  std::string how;                      // `signal 9 (Killed)`
  std::optional<std::uint32_t> source;  // whose task it was at
  bool retried = false;                 // that task will be tried again
  bool timed_out = false;               // it was ended, since the task took too long
};

/// Where results go. A mode calls deliver() from one thread at a time, in any order of tasks, and not after
/// run() has returned.
class ResultSink {
 public:
  virtual ~ResultSink() = default;
  virtual void deliver(TaskResult result) = 0;
  /// Told likewise; for the records only.
  virtual void worker_lost(const WorkerLoss& /*loss*/) {}
};

/// What a mode spec says.
struct ModeValues {
  int workers = 1;                            // at least 1
  std::map<std::string, std::string> values;  // the spec's parameters, all of them known and let through

  /// The value of a parameter; `fallback` where it is not set.
  [[nodiscard]] std::string_view word(const std::string& key, std::string_view fallback) const {
    const auto found = values.find(key);
    return found == values.end() ? fallback : std::string_view(found->second);
  }
  /// For parameters that are whole numbers.
  [[nodiscard]] int number(const std::string& key, int fallback) const {
    const auto found = values.find(key);
    return found == values.end() ? fallback : std::stoi(found->second);
  }
};

/// What a mode is made from. Everything borrowed outlives the mode.
struct ModeSetup : ModeValues {
  const Job& job;
  Io& io;
};

/// The most workers that may be asked for.
inline constexpr int kMaxWorkers = 10'000;

/// One instance executes one job once: start(), then run(), then destruction.
class Mode {
 public:
  virtual ~Mode() = default;  // ends and reaps every worker

  /// Makes workers (threads, processes, rings). Timed apart from run().
  [[nodiscard]] virtual Result<void> start() = 0;

  /// Executes the tasks. An error means that the mode itself broke; tasks fail by their results.
  [[nodiscard]] virtual Result<void> run(std::span<const Task> tasks, ResultSink& sink,
                                         const CancelToken& cancel) = 0;

  /// What the mode chose by itself when it started, as part of a sentence, e.g. `file I/O by io_uring`; empty
  /// where there was nothing to choose. Shown with its results.
  [[nodiscard]] virtual std::string note() const { return {}; }

  /// After run(), where Job::records asks for it: what the mode knows of its workers. As it is here, for
  /// modes whose only worker is the thread that calls run().
  [[nodiscard]] virtual RunRecord run_record() { return {}; }
};

struct ModeParameter {
  std::string_view name;
  std::string_view fallback;  // the default, as it would be typed
  std::string_view help;
  /// Values that are let through; both empty: any. ModeSpec::parse() refuses the others.
  std::span<const std::string_view> words = {};
  int most = 0;  // a whole number from 1 to this
};

/// One worker, whatever is asked for.
[[nodiscard]] inline Result<Scheduling> one_by_one(const ModeValues&) { return Scheduling{}; }

/// What the registry knows of a mode.
struct ModeInfo {
  std::string_view name;
  std::string_view summary;  // one line, for `labday modes` and the README
  std::span<const ModeParameter> parameters;
  /// usage error for values that ModeParameter cannot judge.
  Result<std::unique_ptr<Mode>> (*make)(const ModeSetup& setup);
  /// Why the mode cannot run on this machine; empty where it can.
  std::string (*unavailable)();
  /// Specs of this mode with parameters that make another mode of it: `bench` compares them, too.
  std::span<const std::string_view> variants = {};
  /// How it schedules with these values; the errors are those of `make`. As it is here, for modes whose only
  /// worker is the thread that calls run(), task by task.
  Result<Scheduling> (*scheduling)(const ModeValues& values) = one_by_one;
  /// Does it end a task that takes longer than Limits::task_milliseconds? Only processes can be ended.
  bool ends_tasks = false;
  /// Are its workers processes that can be put in a sandbox (Job::sandbox)? What is required of another mode
  /// is refused before it is made; `automatic` means off there.
  bool has_sandbox = false;
};

/// For modes that run everywhere.
[[nodiscard]] inline std::string always_available() { return {}; }

}  // namespace labday
