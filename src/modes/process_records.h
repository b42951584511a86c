// What a ProcessTeam writes down of its workers, where Job::records asks for it: what each place among them
// cost in processes, over all that had it.
#pragma once

#include <cstdint>
#include <vector>

#include "base/clock.h"
#include "modes/run_record.h"
#include "modes/worker_link.h"
#include "pipeline/run_task.h"

namespace labday {

class ProcessRecords {
 public:
  /// The run begins; `worker` was made before.
  void look_before(WorkerLink& worker);

  /// A worker is made during the run.
  void made(WorkerLink& worker);

  /// Puts into a result with a record what its worker could not know.
  void complete(WorkerLink& worker, const WorkerLink::Assignment& assignment, TaskResult& result);

  /// A worker that has done all it had to has hung up: reaps it.
  void reap(WorkerLink& worker);

  /// The run is over; `worker` lives on.
  void look_after(WorkerLink& worker);

  [[nodiscard]] std::vector<WorkerRecord> take();

 private:
  struct Place {
    WorkerRecord record;
    std::uint64_t reaped = 0;
    std::uint64_t looked_at = 0;  // of those: whose run delay is known
  };
  Place& place_of(WorkerLink& worker);

  std::vector<Place> places_;
};

}  // namespace labday
