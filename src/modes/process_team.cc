#include "modes/process_team.h"

#include <fcntl.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "modes/process_run.h"
#include "modes/worker.h"
#include "transport/sandbox.h"
#include "transport/worker_messages.h"

namespace labday {
namespace {

// A machine that starts no process within this time is busy, not broken: the job begins without them.
constexpr Nanoseconds kTimeToBegin = std::chrono::seconds(10);

void wait_readable(int socket, Nanoseconds limit) {
  pollfd wanted{socket, POLLIN, 0};
  const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(limit).count();
  ::poll(&wanted, 1, static_cast<int>(milliseconds));
}

}  // namespace

Scheduling scheduling_of(const ProcessRules& rules, int workers) {
  Scheduling scheduling;
  scheduling.workers = workers;
  scheduling.at_once = rules.workers;
  scheduling.in_order = rules.in_order;
  scheduling.processes = true;
  scheduling.batches_a_worker = rules.batches_a_worker;
  scheduling.batches_under_way = rules.batches_under_way;
  scheduling.shares_pixels = true;
  return scheduling;
}

Result<void> ProcessTeam::choose_sandbox() {
  if (job_.sandbox == Sandbox::off) return {};
  const std::string why =
      io_.native_folder() == nullptr ? "the files are not reached by the system's calls" : sandbox_refusal();
  if (why.empty()) {
    sandbox_ = job_.limits;
    note_ = "each in a sandbox by " + sandbox_parts();
    return {};
  }
  if (job_.sandbox == Sandbox::required) {
    return fail(Stage::plan, ErrorCode::usage, {},
                "--sandbox require was given, and no sandbox can be had here for worker processes: " + why);
  }
  note_ = "not in a sandbox: " + why;
  return {};
}

Result<void> ProcessTeam::begin() {
  if (auto chosen = choose_sandbox(); !chosen) return chosen;
  auto cancel = SharedCancel::create();
  if (!cancel) return fail(std::move(cancel.error()));
  UniqueFd copy(::fcntl(cancel->descriptor(), F_DUPFD_CLOEXEC, 0));
  if (!copy) return fail(system_error(Stage::plan, errno, {}, "pass a descriptor"));
  cancel_ = std::move(*cancel);
  cancel_descriptor_ = std::make_shared<const UniqueFd>(std::move(copy));
  Job told = without_sources(job_);
  told.sandbox = sandbox_ ? Sandbox::required : Sandbox::off;
  job_message_ = to_wire(JobMessage{std::move(told)});
  return {};
}

void ProcessTeam::send_job(WorkerLink& worker) {
  worker.begin_job(sandbox_ ? std::make_unique<FileBroker>(job_, *io_.native_folder()) : nullptr, sandbox_);
  worker.send(job_message_, cancel_descriptor_);
}

std::int32_t ProcessTeam::free_place() const {
  std::vector<bool> taken(workers_.size() + 1);
  for (const auto& worker : workers_) {
    const auto place = static_cast<std::size_t>(worker->life().place);
    if (place < taken.size()) taken[place] = true;
  }
  return static_cast<std::int32_t>(std::find(taken.begin(), taken.end(), false) - taken.begin());
}

void ProcessTeam::adopt(std::unique_ptr<WorkerLink> worker) {
  worker->life() = {};
  worker->life().place = free_place();
  send_job(*worker);
  workers_.push_back(std::move(worker));
}

Result<WorkerLink*> ProcessTeam::start_worker(TaskQueue* queue) {
  const auto work = [&](int socket) {
    // The worker gets what it needs of these by its socket.
    if (queue != nullptr) queue->drop_pixels();
    for (const auto& worker : workers_) worker->drop_pixels();
    cancel_.reset();
    cancel_descriptor_.reset();
    return serve_tasks(socket, [&](const Job&, std::shared_ptr<Io> brokered) -> Result<std::shared_ptr<Io>> {
      return brokered ? std::move(brokered) : std::shared_ptr<Io>(std::shared_ptr<void>(), &io_);
    });
  };
  const Nanoseconds before = since_epoch(Clock::now());
  const std::int32_t place = free_place();
  const bool fork = rules_.start == StartMethod::fork;
  auto process = fork ? WorkerProcess::fork(work) : WorkerProcess::spawn();
  if (!process) return fail(std::move(process.error()));
  workers_.push_back(std::make_unique<WorkerLink>(std::move(*process), fork));
  WorkerLink& worker = *workers_.back();
  worker.life().place = place;
  worker.life().made = before;
  if (job_.records && queue != nullptr) records_.made(worker);
  send_job(worker);
  return &worker;
}

Result<void> ProcessTeam::start_all() {
  while (workers_.size() < static_cast<std::size_t>(rules_.workers)) {
    if (const auto started = start_worker(nullptr); !started) return fail(started.error());
  }
  if (auto begun = await_greetings(); !begun) return begun;
  if (job_.records) {
    for (const auto& worker : workers_) records_.look_before(*worker);
  }
  return {};
}

Result<void> ProcessTeam::await_greetings() {
  const Clock::time_point limit = Clock::now() + kTimeToBegin;
  for (const auto& worker : workers_) {
    while (!worker->greeted()) {
      const Nanoseconds left = limit - Clock::now();
      if (left <= Nanoseconds(0)) return {};
      wait_readable(worker->socket(), left);
      const WorkerLink::State state = worker->receive_greeting();
      if (state != WorkerLink::State::alive) {
        return fail(Stage::plan, ErrorCode::worker_died, {},
                    "a worker process could not begin: " + worker->end(state));
      }
    }
  }
  return {};
}

Result<void> ProcessTeam::run(std::span<const Task> tasks, ResultSink& sink, const CancelToken& cancel,
                              Batching& batching) {
  const Nanoseconds cpu_before = thread_cpu_time();
  ProcessRun run(*this, tasks, sink, cancel, batching);
  auto ran = run.execute();
  memory_peak_ = run.memory_peak();
  parent_cpu_ = thread_cpu_time() - cpu_before;
  return ran;
}

RunRecord ProcessTeam::run_record() {
  for (const auto& worker : workers_) records_.look_after(*worker);
  RunRecord record{records_.take(), {}, memory_peak_};
  record.helpers.cpu = parent_cpu_;
  return record;
}

std::vector<std::unique_ptr<WorkerLink>> ProcessTeam::take_idle() {
  std::vector<std::unique_ptr<WorkerLink>> idle;
  for (auto& worker : workers_) {
    if (worker->owed().empty() && worker->greeted() && !worker->retired()) idle.push_back(std::move(worker));
  }
  workers_.clear();
  return idle;
}

}  // namespace labday
