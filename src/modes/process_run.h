// One run() of a ProcessTeam: the loop that hands out tasks, waits, and takes in what comes back.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "modes/process_team.h"
#include "pipeline/memory_gate.h"

namespace labday {

class ProcessRun {
 public:
  ProcessRun(ProcessTeam& team, std::span<const Task> tasks, ResultSink& sink, const CancelToken& cancel,
             Batching& batching);

  /// Returns when every task is delivered.
  [[nodiscard]] Result<void> execute();

  /// As RunRecord::memory_peak.
  [[nodiscard]] std::uint64_t memory_peak() const { return memory_.peak(); }

 private:
  void hand_out();
  [[nodiscard]] bool may_take(const WorkerLink& worker) const;
  [[nodiscard]] bool tasks_are_tiny() const;
  void give_batch(WorkerLink& worker, bool may_open);
  void give(WorkerLink& worker, Dispatch dispatch, std::size_t batch_size);

  void wait();
  void take_in(WorkerLink& worker);
  [[nodiscard]] bool answer(WorkerLink& worker, const WorkerLink::Assignment& assignment,
                            const RequestMessage& request);
  void deliver_arrived();

  // --memory-limit
  void admit();
  void let_in(WorkerLink& worker, bool may_decode);
  [[nodiscard]] bool is_waiting(const WorkerLink& worker) const;
  [[nodiscard]] bool somebody_goes_on() const;
  void pardon_pauses();
  void end_the_slow();
  void bury(WorkerLink& worker, WorkerLink::State state);
  void put_back_what_it_owed(WorkerLink& worker, const std::string& how, bool timed_out);
  void remove_temporaries_of(const Task& task, int pid) const;

  void deliver(TaskResult result);
  void deliver_failed(std::uint32_t task, Error error);
  void stop_by_cancel();
  void stop_by_failure(Error error);

  ProcessTeam& team_;
  const std::span<const Task> tasks_;
  ResultSink& sink_;
  const CancelToken& cancel_;
  Batching& batching_;
  class MemoryLease;
  struct Waiting {
    WorkerLink* worker = nullptr;
    std::uint64_t share = 0;
  };
  // Before the queue, whose pixels have leases.
  MemoryAccount memory_;
  std::map<std::uint64_t, std::shared_ptr<const void>> leases_;  // by serial, of the tasks that have decoded
  std::deque<Waiting> waiting_;  // for memory, in the order in which they came
  TaskQueue queue_;
  std::vector<TaskResult> arrived_;
  std::size_t delivered_ = 0;
  std::uint64_t next_serial_ = 0;
  std::size_t batches_under_way_ = 0;
  std::optional<Nanoseconds> typical_batch_;
  int deaths_before_greeting_ = 0;  // in a row
  bool cancelled_ = false;
  Clock::time_point cancelled_at_{};
  Clock::time_point looked_at_ = Clock::now();  // the workers, last
  std::optional<Error> broken_;
};

}  // namespace labday
