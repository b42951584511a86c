// The parent's side of the process modes: starts workers, hands out tasks, takes in results, and copes with
// workers that die. The modes differ in their rules alone.
//
// The parent waits in one poll() over the sockets of its workers. A worker that dies hangs up its socket,
// which wakes the parent at once. The task it was at is tried again in another worker, once; those behind it
// go back to the queue; its temporaries are removed while its process number is still its own. A task that
// ends two workers is delivered as failed, with ErrorCode::worker_died.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "modes/batching.h"
#include "modes/mode.h"
#include "modes/process_records.h"
#include "modes/task_queue.h"
#include "modes/worker_link.h"
#include "transport/shared_cancel.h"
#include "transport/worker_process.h"

namespace labday {

struct ProcessRules {
  int workers = 1;  // processes alive at the same time, those that are about to end included
  StartMethod start = StartMethod::fork;
  std::uint64_t batches_a_worker = 0;  // then it ends, and is replaced where there is more to do; 0: no limit
  std::size_t batches_under_way = std::numeric_limits<std::size_t>::max();
  std::uint64_t min_shared_bytes = 0;  // sources with fewer bytes of pixels are decoded by each task
  bool in_order = false;               // tasks as they are given instead of the largest first
};

/// What they amount to where `workers` were asked for.
[[nodiscard]] Scheduling scheduling_of(const ProcessRules& rules, int workers);

/// Forked workers use the Io of the setup, spawned ones a PosixIo of their own on the job's output folder;
/// workers in a sandbox ask this process for each file, which it reaches by the native folder of the setup's
/// Io. To be used from the main thread.
class ProcessTeam {
 public:
  /// The setup's job and Io are borrowed.
  ProcessTeam(const ModeSetup& setup, const ProcessRules& rules)
      : job_(setup.job), io_(setup.io), rules_(rules) {}

  /// Before anything else. usage error where a sandbox is required and cannot be had.
  [[nodiscard]] Result<void> begin();

  /// After begin(): the limits that the workers' sandbox follows from; none where there is no sandbox.
  [[nodiscard]] const std::optional<Limits>& sandbox() const { return sandbox_; }

  /// As Mode::note().
  [[nodiscard]] const std::string& note() const { return note_; }

  /// Takes a worker that has no job.
  void adopt(std::unique_ptr<WorkerLink> worker);

  /// Starts workers until there are as many as the rules allow, and waits until they have begun.
  [[nodiscard]] Result<void> start_all();

  /// As Mode::run().
  [[nodiscard]] Result<void> run(std::span<const Task> tasks, ResultSink& sink, const CancelToken& cancel,
                                 Batching& batching);

  /// As Mode::run_record().
  [[nodiscard]] RunRecord run_record();

  /// Gives away the workers that have nothing to do; the destructor kills the others.
  [[nodiscard]] std::vector<std::unique_ptr<WorkerLink>> take_idle();

 private:
  friend class ProcessRun;

  [[nodiscard]] Result<WorkerLink*> start_worker(TaskQueue* queue);
  [[nodiscard]] std::int32_t free_place() const;
  [[nodiscard]] Result<void> await_greetings();
  [[nodiscard]] Result<void> choose_sandbox();
  void send_job(WorkerLink& worker);

  const Job& job_;
  Io& io_;
  const ProcessRules rules_;
  std::optional<Limits> sandbox_;
  std::string note_;
  std::uint64_t memory_peak_ = 0;
  std::optional<SharedCancel> cancel_;
  std::shared_ptr<const UniqueFd> cancel_descriptor_;  // a copy, for messages
  Bytes job_message_;
  std::vector<std::unique_ptr<WorkerLink>> workers_;
  ProcessRecords records_;
  Nanoseconds parent_cpu_{0};  // of the run
};

}  // namespace labday
