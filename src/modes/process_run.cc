#include "modes/process_run.h"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <numeric>
#include <set>
#include <utility>
#include <vector>

#include "pipeline/outcome.h"
#include "pipeline/plan.h"
#include "pipeline/temporaries.h"

namespace labday {
namespace {

// A signal interrupts poll(); this is for a token that was raised otherwise, or just before poll().
constexpr int kLookForCancelMilliseconds = 10;
// Waiting for the parent costs a worker some 50 µs after each batch: below this it has a second one at hand.
constexpr Nanoseconds kTinyBatch = std::chrono::milliseconds(5);
constexpr int kMostDeathsBeforeGreeting = 5;
// Workers look at the wish to stop between steps of a few milliseconds, but for decoding. Who asked to stop
// shall not wait for a second.
constexpr Nanoseconds kTimeToStop = std::chrono::milliseconds(700);
// Looking at the workers less often than this is a pause: this process was stopped (Ctrl-Z stops the workers
// as well), or waited for whoever reads its output.
constexpr Nanoseconds kLongestLook = std::chrono::milliseconds(200);

std::vector<std::uint32_t> order_of(const Job& job, std::span<const Task> tasks, bool in_order) {
  if (!in_order) return largest_first_by_source(job, tasks);
  std::vector<std::uint32_t> order(tasks.size());
  std::iota(order.begin(), order.end(), 0U);
  return order;
}

}  // namespace

/// What a task, or the pixels that it shared, has taken of the account.
class ProcessRun::MemoryLease {
 public:
  MemoryLease(MemoryAccount& account, std::uint64_t share) : account_(account), share_(share) {
    account_.take(share_);
  }
  ~MemoryLease() { account_.give_back(share_); }
  MemoryLease(const MemoryLease&) = delete;
  MemoryLease& operator=(const MemoryLease&) = delete;

 private:
  MemoryAccount& account_;
  const std::uint64_t share_;
};

ProcessRun::ProcessRun(ProcessTeam& team, std::span<const Task> tasks, ResultSink& sink,
                       const CancelToken& cancel, Batching& batching)
    : team_(team),
      tasks_(tasks),
      sink_(sink),
      cancel_(cancel),
      batching_(batching),
      memory_(static_cast<std::uint64_t>(team.job_.limits.memory_bytes)),
      queue_(tasks, order_of(team.job_, tasks, team.rules_.in_order),
             static_cast<std::size_t>(team.rules_.workers) + 1) {}

Result<void> ProcessRun::execute() {
  while (delivered_ < tasks_.size()) {
    if (cancel_.requested() && !cancelled_) stop_by_cancel();
    hand_out();
    if (delivered_ < tasks_.size()) wait();
    pardon_pauses();
    end_the_slow();
    deliver_arrived();
    admit();
  }
  if (broken_) return fail(*broken_);
  return {};
}

bool ProcessRun::may_take(const WorkerLink& worker) const {
  const std::uint64_t limit = team_.rules_.batches_a_worker;
  return !worker.retired() && (limit == 0 || worker.batches_given() < limit) &&
         batches_under_way_ < team_.rules_.batches_under_way;
}

bool ProcessRun::tasks_are_tiny() const {
  // With a limit on memory a worker that waits for it has nothing else, so that others can do what is left.
  return memory_.limit() == 0 && typical_batch_ && *typical_batch_ < kTinyBatch &&
         queue_.waiting() > static_cast<std::size_t>(team_.rules_.workers);
}

void ProcessRun::hand_out() {
  for (const auto& worker : team_.workers_) {
    if (worker->owed().empty() && may_take(*worker)) give_batch(*worker, true);
  }
  while (team_.workers_.size() < static_cast<std::size_t>(team_.rules_.workers) && queue_.ready(true) &&
         batches_under_way_ < team_.rules_.batches_under_way) {
    const auto started = team_.start_worker(&queue_);
    if (started) {
      give_batch(**started, true);
    } else if (team_.workers_.empty()) {
      return stop_by_failure(started.error());
    } else {
      break;  // go on with fewer, and try again
    }
  }
  if (!tasks_are_tiny()) return;
  for (const auto& worker : team_.workers_) {
    if (worker->batches_owed() == 1 && may_take(*worker)) give_batch(*worker, false);
  }
}

void ProcessRun::give_batch(WorkerLink& worker, bool may_open) {
  const std::size_t most = memory_.limit() == 0 ? batching_.size(queue_.waiting()) : 1;
  std::vector<Dispatch> batch;
  while (batch.size() < most) {
    auto dispatch = queue_.next(may_open && batch.empty());
    if (!dispatch) break;
    batch.push_back(std::move(*dispatch));
    if (batch.back().retry) break;  // what ended a worker shall not take others with it again
  }
  if (batch.empty()) return;
  ++batches_under_way_;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    give(worker, std::move(batch[i]), i + 1 == batch.size() ? batch.size() : 0);
  }
  if (worker.batches_given() == team_.rules_.batches_a_worker) worker.send_no_more();
}

void ProcessRun::give(WorkerLink& worker, Dispatch dispatch, std::size_t batch_size) {
  TaskMessage message;
  message.serial = next_serial_++;
  message.task = tasks_[dispatch.task];
  message.source = team_.job_.sources[message.task.source];
  message.retry = dispatch.begun;
  message.share = dispatch.share;
  message.min_shared_bytes = team_.rules_.min_shared_bytes;
  std::shared_ptr<const UniqueFd> memory;
  if (dispatch.pixels) {
    message.pixels = dispatch.pixels->header;
    memory = std::shared_ptr<const UniqueFd>(dispatch.pixels, &dispatch.pixels->memory);
  }
  const Bytes wire = to_wire(message);
  worker.assign({message.serial, std::move(dispatch), message.task, batch_size, since_epoch(Clock::now()),
                 wire.size()});
  worker.send(wire, std::move(memory));
}

void ProcessRun::wait() {
  std::vector<pollfd> wanted;
  for (const auto& worker : team_.workers_) {
    wanted.push_back(
        {worker->socket(), static_cast<short>(POLLIN | (worker->wants_to_send() ? POLLOUT : 0)), 0});
  }
  if (::poll(wanted.data(), wanted.size(), kLookForCancelMilliseconds) <= 0) return;
  // Workers that are buried leave the list; nobody joins it here.
  const auto workers = std::vector<WorkerLink*>([&] {
    std::vector<WorkerLink*> all;
    for (const auto& worker : team_.workers_) all.push_back(worker.get());
    return all;
  }());
  for (std::size_t i = 0; i < workers.size(); ++i) {
    if ((wanted[i].revents & POLLOUT) != 0) workers[i]->flush();
    if ((wanted[i].revents & (POLLIN | POLLHUP | POLLERR)) != 0) take_in(*workers[i]);
  }
}

/// Results are passed on once what they tell is settled, for all that came together at once.
void ProcessRun::deliver_arrived() {
  if (arrived_.empty()) return;
  const bool ours = team_.sandbox().has_value() && team_.job_.journalling != Journalling::off;
  const Result<void> settled = ours ? team_.io_.settle() : Result<void>();
  for (TaskResult& result : std::exchange(arrived_, {})) {
    if (!settled) take_back(result, settled.error());
    deliver(std::move(result));
  }
}

bool ProcessRun::answer(WorkerLink& worker, const WorkerLink::Assignment& assignment,
                        const RequestMessage& request) {
  if (is_waiting(worker)) return false;
  if (request.kind == RequestMessage::Kind::memory) {
    if (memory_.limit() == 0 || leases_.contains(assignment.serial)) return false;
    waiting_.push_back({&worker, memory_.share_of(request.number)});
    return true;
  }
  if (worker.files() == nullptr) return false;
  auto answer = worker.files()->answer(request, assignment.task, assignment.dispatch.begun);
  if (!answer) return false;
  worker.send(to_wire(answer->reply), std::move(answer->descriptor));
  return true;
}

bool ProcessRun::is_waiting(const WorkerLink& worker) const {
  return std::ranges::any_of(waiting_, [&](const Waiting& one) { return one.worker == &worker; });
}

bool ProcessRun::somebody_goes_on() const {
  return std::ranges::any_of(
      team_.workers_, [&](const auto& worker) { return !worker->owed().empty() && !is_waiting(*worker); });
}

/// Lets in whose turn it is and whose pixels fit. Where all who have a task wait, pixels that are kept for
/// later tasks are what is in the way: those who have the tasks for which they would be used are waiting,
/// too.
void ProcessRun::admit() {
  while (!waiting_.empty()) {
    const Waiting next = waiting_.front();
    if (!cancelled_ && !broken_ && !memory_.fits(next.share)) {
      if (somebody_goes_on()) return;
      queue_.drop_pixels();
      if (!memory_.fits(next.share)) return;
    }
    waiting_.pop_front();
    if (!cancelled_ && !broken_) {
      leases_[next.worker->owed().front().serial] = std::make_shared<MemoryLease>(memory_, next.share);
    }
    let_in(*next.worker, !cancelled_ && !broken_);
  }
}

void ProcessRun::let_in(WorkerLink& worker, bool may_decode) {
  worker.restart_clock();
  worker.send(to_wire(ReplyMessage{may_decode ? 1U : 0U, false, std::nullopt}));
}

void ProcessRun::take_in(WorkerLink& worker) {
  const auto on_pixels = [&](const WorkerLink::Assignment& assignment, const PixelsMessage& message,
                             UniqueFd memory) {
    if (message.pixels) {
      const auto lease = leases_.find(assignment.serial);
      queue_.share_pixels(assignment.dispatch, {*message.pixels, std::move(memory),
                                                lease != leases_.end() ? lease->second : nullptr});
    } else {
      queue_.share_nothing(assignment.dispatch);
    }
  };
  const auto on_result = [&](const WorkerLink::Assignment& assignment, TaskResult result, Nanoseconds batch) {
    queue_.finished(assignment.dispatch);
    leases_.erase(assignment.serial);
    team_.records_.complete(worker, assignment, result);
    if (assignment.batch_size > 0) {
      --batches_under_way_;
      batching_.completed(assignment.batch_size, batch);
      typical_batch_ = typical_batch_ ? (4 * *typical_batch_ + batch) / 5 : batch;
    }
    deaths_before_greeting_ = 0;
    arrived_.push_back(std::move(result));
  };
  const auto on_request = [&](const WorkerLink::Assignment& assignment, const RequestMessage& request) {
    return answer(worker, assignment, request);
  };
  const WorkerLink::State state = worker.receive({on_pixels, on_request, on_result});
  if (state != WorkerLink::State::alive) bury(worker, state);
}

/// Time in which this process did not look is not held against the workers.
void ProcessRun::pardon_pauses() {
  const Clock::time_point now = Clock::now();
  const Nanoseconds pause = now - std::exchange(looked_at_, now) - kLongestLook;
  if (pause <= Nanoseconds{0}) return;
  for (const auto& worker : team_.workers_) worker->pardon(pause);
  if (cancelled_) cancelled_at_ = std::min(cancelled_at_ + pause, now);
}

/// Ends the workers that have been at one task for longer than it may take, or than a cancelled job may.
void ProcessRun::end_the_slow() {
  const std::chrono::milliseconds limit(team_.job_.limits.task_milliseconds);
  const Clock::time_point now = Clock::now();
  const bool stop_all = cancelled_ && now - cancelled_at_ > kTimeToStop;
  if (!stop_all && limit.count() == 0) return;
  const auto is_slow = [&](const auto& worker) {
    if (worker->owed().empty() || (!stop_all && is_waiting(*worker))) return false;
    // How long a process takes to begin is no matter of the task's.
    return stop_all || (worker->greeted() && now - worker->first_begin() > limit);
  };
  for (;;) {
    const auto slow = std::find_if(team_.workers_.begin(), team_.workers_.end(), is_slow);
    if (slow == team_.workers_.end()) return;
    // Its answer may be there by now.
    WorkerLink& worker = **slow;
    const std::size_t owed = worker.owed().size();
    const std::size_t workers = team_.workers_.size();
    take_in(worker);
    if (team_.workers_.size() < workers || worker.owed().size() < owed) continue;
    (*slow)->kill();
    put_back_what_it_owed(**slow, "it was ended", !stop_all);
    team_.workers_.erase(slow);
  }
}

void ProcessRun::bury(WorkerLink& worker, WorkerLink::State state) {
  const bool was_expected = state == WorkerLink::State::hung_up && worker.retired() && worker.owed().empty();
  if (!was_expected) put_back_what_it_owed(worker, worker.end(state), false);
  if (was_expected && team_.job_.records) team_.records_.reap(worker);
  std::erase_if(team_.workers_, [&](const auto& other) { return other.get() == &worker; });
}

void ProcessRun::put_back_what_it_owed(WorkerLink& worker, const std::string& how, bool timed_out) {
  std::erase_if(waiting_, [&](const Waiting& one) { return one.worker == &worker; });
  for (const WorkerLink::Assignment& owed : worker.owed()) leases_.erase(owed.serial);
  batches_under_way_ -= worker.batches_owed();
  if (!worker.greeted() && ++deaths_before_greeting_ == kMostDeathsBeforeGreeting) {
    stop_by_failure({Stage::plan, ErrorCode::worker_died, {}, "worker processes cannot begin: " + how});
  }
  // It was at the first task that it owed, if it ever came so far. One that did not keep to the protocol may
  // have gone on to others since.
  const bool begun = worker.greeted();
  bool was_at_it = begun;
  WorkerLoss loss{worker.pid(), how, {}, false, timed_out};
  for (const WorkerLink::Assignment& owed : worker.owed()) {
    if (begun) remove_temporaries_of(owed.task, worker.pid());
    if (was_at_it) loss.source = owed.task.source;
    if (cancelled_) {
      queue_.finished(owed.dispatch);
      deliver(not_done(owed.task));
    } else if (broken_) {
      queue_.finished(owed.dispatch);
      deliver_failed(owed.dispatch.task, *broken_);
    } else if (!was_at_it) {
      queue_.give_back(owed.dispatch, begun);
    } else if (timed_out) {
      queue_.finished(owed.dispatch);
      deliver_failed(owed.dispatch.task,
                     {Stage::decode, ErrorCode::timed_out, team_.job_.sources[owed.task.source].path,
                      fmt::format("it took longer than {} s, and the worker process that had it was ended",
                                  static_cast<double>(team_.job_.limits.task_milliseconds) / 1000)});
    } else if (queue_.retry(owed.dispatch)) {
      loss.retried = true;
    } else {
      deliver_failed(
          owed.dispatch.task,
          {Stage::decode, ErrorCode::worker_died, team_.job_.sources[owed.task.source].path,
           fmt::format("the worker process that had it died, and so did the second one: {}", how)});
    }
    was_at_it = false;
  }
  sink_.worker_lost(loss);
}

void ProcessRun::remove_temporaries_of(const Task& task, int pid) const {
  std::set<std::string> folders;
  for (std::size_t i = task.first; i < task.last; ++i) {
    const auto name = planned_name(team_.job_, team_.job_.sources[task.source], team_.job_.renditions[i]);
    if (name) folders.insert(name->substr(0, name->rfind('/') + 1));
  }
  for (const std::string& folder : folders) remove_temporaries(team_.job_.output_folder, folder, pid);
}

void ProcessRun::deliver(TaskResult result) {
  ++delivered_;
  sink_.deliver(std::move(result));
}

void ProcessRun::deliver_failed(std::uint32_t task, Error error) {
  TaskResult result;
  result.task = tasks_[task];
  result.failed = static_cast<std::uint32_t>(result.task.last - result.task.first);
  result.errors.push_back(std::move(error));
  deliver(std::move(result));
}

void ProcessRun::stop_by_cancel() {
  cancelled_ = true;
  cancelled_at_ = Clock::now();
  team_.cancel_->token().request();
  for (const std::uint32_t task : queue_.take_rest()) deliver(not_done(tasks_[task]));
}

void ProcessRun::stop_by_failure(Error error) {
  broken_ = std::move(error);
  for (const std::uint32_t task : queue_.take_rest()) deliver_failed(task, *broken_);
}

}  // namespace labday
