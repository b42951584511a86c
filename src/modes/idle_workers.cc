#include "modes/idle_workers.h"

#include <algorithm>
#include <utility>

#include "transport/worker_messages.h"

namespace labday {
namespace {

std::vector<std::unique_ptr<WorkerLink>>& kept() {
  static std::vector<std::unique_ptr<WorkerLink>> workers;
  return workers;
}

bool is_alive(WorkerLink& worker) { return worker.receive_greeting() == WorkerLink::State::alive; }

}  // namespace

std::vector<std::unique_ptr<WorkerLink>> take_idle_workers(int most, const std::optional<Limits>& sandbox) {
  auto workers = std::exchange(kept(), {});
  std::erase_if(workers,
                [&](const auto& worker) { return !worker->can_have(sandbox) || !is_alive(*worker); });
  workers.resize(std::min(workers.size(), static_cast<std::size_t>(most)));
  return workers;
}

void keep_idle_workers(std::vector<std::unique_ptr<WorkerLink>> workers) {
  for (const auto& worker : workers) {
    worker->end_job();
    worker->send(to_wire(ReleaseMessage{}));
  }
  kept() = std::move(workers);
}

void release_idle_workers() { kept().clear(); }

}  // namespace labday
