#include "modes/async_job.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "pipeline/origin.h"
#include "pipeline/plan.h"
#include "pipeline/stages.h"

namespace labday {
namespace {

/// Largest first, with the tasks of one source moved up to the first of them.
std::vector<std::uint32_t> by_source(const Job& job, std::span<const Task> tasks) {
  std::vector<std::uint32_t> order = largest_first(job, tasks);
  std::vector<std::uint32_t> first(job.sources.size(), std::numeric_limits<std::uint32_t>::max());
  for (std::uint32_t position = 0; position < order.size(); ++position) {
    std::uint32_t& source = first[tasks[order[position]].source];
    source = std::min(source, position);
  }
  std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return first[tasks[a].source] < first[tasks[b].source];
  });
  return order;
}

void end_record(TaskResult& result, int worker) {
  if (!result.record) return;
  result.record->worker = worker;
  result.record->ended = since_epoch(Clock::now());
}

/// Inside a body that a queue executes: workers that have nothing else to do take part.
class QueueForEach final : public ForEach {
 public:
  explicit QueueForEach(WorkQueue& queue) : queue_(queue) {}
  void operator()(std::size_t count, FunctionRef<void(std::size_t)> body) override {
    queue_.for_each(count, body);
  }

 private:
  WorkQueue& queue_;
};

std::uint32_t renditions_of(const Task& task) { return static_cast<std::uint32_t>(task.last - task.first); }

}  // namespace

struct AsyncJob::TaskInFlight {
  explicit TaskInFlight(const Task& task) : outcomes(renditions_of(task)), unfinished(outcomes.size()) {
    result.task = task;
  }
  [[nodiscard]] const Task& task() const { return result.task; }

  TaskResult result;
  std::vector<Outcome> outcomes;
  std::size_t unfinished;  // renditions; at 0 the result is delivered
};

struct AsyncJob::SourceInFlight {
  const Source& source;
  std::vector<TaskInFlight> tasks;
  std::optional<Decoded> decoded;
  AsyncPermits::Permit image;   // for `decoded`
  AsyncPermits::Permit memory;  // likewise
  std::size_t image_users = 0;  // renditions that may still look at `decoded`
  int decoded_by = 0;           // worker
};

/// Of one rendition. With the last one the pixels go, while the files may still be on their way.
class AsyncJob::ImageUse {
 public:
  explicit ImageUse(SourceInFlight& source) : source_(&source) {}
  ImageUse(const ImageUse&) = delete;
  ImageUse& operator=(const ImageUse&) = delete;
  ~ImageUse() { release(); }
  void release() {
    if (source_ == nullptr) return;
    SourceInFlight& source = *std::exchange(source_, nullptr);
    if (--source.image_users != 0) return;
    source.decoded.reset();
    source.image.release();
    source.memory.release();
  }

 private:
  SourceInFlight* source_;
};

AsyncJob::AsyncJob(const Job& job, std::span<const Task> tasks, AsyncParts parts, AsyncBounds bounds,
                   ResultSink& sink, const CancelToken& cancel)
    : job_(job),
      tasks_(tasks),
      parts_(parts),
      sink_(sink),
      cancel_(cancel),
      sources_(parts.executor, bounds.sources),
      images_(parts.executor, bounds.images),
      renditions_(parts.executor, bounds.renditions),
      memory_limit_(bounds.memory),
      memory_(parts.executor, bounds.memory),
      order_(by_source(job, tasks)) {}

Async<void> AsyncJob::run() {
  AsyncGroup group(parts_.executor);
  auto next = order_.begin();
  while (next != order_.end()) {
    AsyncPermits::Permit in_flight = co_await sources_.acquire();
    if (cancel_.requested()) break;
    const std::uint32_t source = tasks_[*next].source;
    const auto end =
        std::find_if(next, order_.end(), [&](std::uint32_t i) { return tasks_[i].source != source; });
    const std::span<const std::uint32_t> members(next, end);
    next = end;
    try {
      group.spawn(this->source(members, std::move(in_flight)));
    } catch (...) {
      const Error error = error_of_exception(Stage::plan);
      SourceInFlight none{job_.sources[source], {}, {}, {}, {}, 0, 0};
      for (const std::uint32_t i : members) none.tasks.emplace_back(tasks_[i]);
      end_all(none, error);
    }
  }
  co_await group.join();
  for (; next != order_.end(); ++next) sink_.deliver(not_done(tasks_[*next]));
}

Async<void> AsyncJob::source(std::span<const std::uint32_t> members, AsyncPermits::Permit in_flight) {
  const AsyncPermits::Permit held = std::move(in_flight);
  const Nanoseconds queued = since_epoch(Clock::now());
  SourceInFlight source{job_.sources[tasks_[members.front()].source], {}, {}, {}, {}, 0, 0};
  std::optional<Error> broken;
  try {
    for (const std::uint32_t i : members) source.tasks.emplace_back(tasks_[i]);
    if (job_.records) begin_records(source, queued);
    Async<void> executing = execute(source);
    co_await executing;
  } catch (...) {
    broken = error_of_exception(Stage::plan);
  }
  if (!broken) co_return;
  for (std::size_t i = source.tasks.size(); i < members.size(); ++i) {
    source.tasks.emplace_back(tasks_[members[i]]);
  }
  end_all(source, *broken);
}

Async<void> AsyncJob::execute(SourceInFlight& source) {
  if (job_.on_exists == OnExists::skip) {
    Async<void> skipping = skip_what_is_there(source);
    co_await skipping;
  }
  for (const TaskInFlight& task : source.tasks) source.image_users += task.unfinished;
  if (source.image_users == 0) co_return;

  std::optional<Error> error;
  try {
    Async<Result<void>> loading = load(source);
    Result<void> loaded = co_await loading;
    if (!loaded) error = std::move(loaded.error());
  } catch (...) {
    error = error_of_exception(Stage::decode);
  }
  if (error) {
    source.image.release();
    source.memory.release();
    end_all(source, *error);
    co_return;
  }

  // From here to the end of the group nothing may throw: the renditions use what this frame has.
  AsyncGroup group(parts_.executor);
  for (TaskInFlight& task : source.tasks) {
    if (task.unfinished == 0) continue;  // was there already
    for (std::size_t i = 0; i < task.outcomes.size(); ++i) {
      try {
        group.spawn(rendition(source, task, i));
      } catch (...) {
        task.outcomes[i].fail_with(error_of_exception(Stage::resize));
        ImageUse(source).release();
        if (--task.unfinished == 0) deliver(task);
      }
    }
  }
  co_await group.join();
}

Async<void> AsyncJob::skip_what_is_there(SourceInFlight& source) {
  for (TaskInFlight& task : source.tasks) {
    if (task.task().replace) continue;
    const std::vector<std::string> names = names_before_reading(job_, task.task());
    bool all = !names.empty();
    for (std::size_t i = 0; i < names.size() && all; ++i) {
      Async<bool> looking = parts_.io.exists(names[i]);
      all = co_await looking;
    }
    if (!all) continue;
    for (Outcome& outcome : task.outcomes) outcome.state = Outcome::State::skipped;
    task.unfinished = 0;
    deliver(task);
  }
}

/// Where the job was cancelled meanwhile, it succeeds without having decoded anything.
Async<Result<void>> AsyncJob::load(SourceInFlight& source) {
  // What is done for the source as a whole is told with the first of its tasks.
  TaskResult& told = std::find_if(source.tasks.begin(), source.tasks.end(), [](const TaskInFlight& task) {
                       return task.unfinished != 0;
                     })->result;
  StageTimer reading(told.stage_times, Stage::read);  // the loop does other things meanwhile
  Async<Result<Bytes>> read = parts_.io.read(source.source.path, job_.limits.source_bytes);
  Result<Bytes> content = co_await read;
  reading.stop();
  if (!content) co_return fail(std::move(content.error()));
  told.bytes_read = content->size();

  source.image = co_await images_.acquire();
  if (memory_limit_ > 0 && !cancel_.requested()) {
    Async<void> waiting = wait_for_memory(source, told, *content);
    co_await waiting;
  }
  if (cancel_.requested()) co_return Result<void>();
  Result<void> done;
  const auto decode = [&] {
    source.decoded_by = ThreadPool::this_thread();
    const StageTimer decoding(told, Stage::decode);
    auto decoded = guarded(Stage::decode, [&] { return decode_source(*content, job_); });
    if (decoded) {
      source.decoded.emplace(std::move(*decoded));
    } else {
      done = fail(std::move(decoded.error()));
    }
    *content = Bytes();
  };
  co_await OnThread(parts_.workers, Urgency::low, decode);
  if (done) told.warnings = static_cast<std::uint32_t>(source.decoded->warnings);
  co_return done;
}

Async<void> AsyncJob::wait_for_memory(SourceInFlight& source, TaskResult& told, const Bytes& content) {
  std::size_t bytes = 0;
  const auto look = [&] {
    const auto needed =
        guarded(Stage::decode, [&]() -> Result<std::uint64_t> { return decoded_memory(content, job_); });
    bytes = static_cast<std::size_t>(needed.value_or(0));
  };
  co_await OnThread(parts_.workers, Urgency::low, look);
  const Clock::time_point begin = Clock::now();
  source.memory = co_await memory_.acquire(std::min(bytes, memory_limit_));
  if (told.record) told.record->waiting += Clock::now() - begin;
}

Async<void> AsyncJob::rendition(SourceInFlight& source, TaskInFlight& task, std::size_t index) {
  Outcome& outcome = task.outcomes[index];
  ImageUse image(source);
  AsyncPermits::Permit permit = co_await renditions_.acquire();
  std::unique_ptr<AsyncOutputFile> file;
  if (!cancel_.requested()) {
    try {
      Async<Result<void>> making = make(source, task, index, image, file);
      Result<void> made = co_await making;
      if (!made) outcome.fail_with(std::move(made.error()));
    } catch (...) {
      outcome.fail_with(error_of_exception(Stage::resize));
    }
  }
  image.release();
  if (file) {
    try {
      Async<void> discarding = file->discard();
      co_await discarding;
    } catch (...) {
      file.reset();  // blocks, but leaves nothing
    }
  }
  permit.release();
  if (--task.unfinished == 0) deliver(task);
}

/// Leaves `file` where there is something to be given up. Returns success without a change of the outcome
/// where the job was cancelled.
Async<Result<void>> AsyncJob::make(SourceInFlight& source, TaskInFlight& task, std::size_t index,
                                   ImageUse& image, std::unique_ptr<AsyncOutputFile>& file) {
  Outcome& outcome = task.outcomes[index];
  const Rendition& wanted = job_.renditions[task.task().first + index];
  const auto size = checked_rendition_size(wanted, source.decoded->image.size(), job_.limits);
  if (!size) co_return fail(size.error());
  const auto name = job_.name.expand(source.source, wanted, *size);
  if (!name) co_return fail(name.error());
  const OnExists on_exists = labday::on_exists(job_, task.task());
  if (on_exists == OnExists::skip) {
    Async<bool> looking = parts_.io.exists(*name);
    if (co_await looking) {
      outcome.state = Outcome::State::skipped;
      co_return Result<void>();
    }
  }

  std::optional<Rendering> rendering;
  Bytes piece;
  Result<Rendering::State> state = Rendering::State::more;
  const auto next_piece = [&] {
    state = guarded(Stage::resize, [&]() -> Result<Rendering::State> {
      if (!rendering) {
        outcome.worker = ThreadPool::this_thread();
        rendering.emplace(*source.decoded, wanted, *size);
      }
      QueueForEach strips(parts_.workers);
      return rendering->next(piece, strips, cancel_, outcome.costs);
    });
    if (!state || *state != Rendering::State::more) rendering.reset();  // here, not on the loop
  };
  // What was begun goes before what would take more memory.
  for (Urgency urgency = Urgency::middle;; urgency = Urgency::high) {
    co_await OnThread(parts_.workers, urgency, next_piece);
    if (!state) co_return fail(std::move(state.error()));
    if (*state == Rendering::State::cancelled) co_return Result<void>();
    if (*state == Rendering::State::complete) image.release();
    const StageTimer writing(outcome.costs.wall, Stage::write);
    if (!file) {
      const Origin origin = origin_of(job_, source.source, wanted);
      Async<Result<std::unique_ptr<AsyncOutputFile>>> creating = parts_.io.create(*name, origin);
      auto created = co_await creating;
      if (!created) co_return fail(std::move(created.error()));
      file = std::move(*created);
    }
    Async<Result<void>> write = file->write(piece);
    Result<void> wrote = co_await write;
    if (!wrote) co_return fail(std::move(wrote.error()));
    outcome.bytes += piece.size();
    if (*state == Rendering::State::complete) break;
  }

  piece = Bytes();
  const StageTimer writing(outcome.costs.wall, Stage::write);
  Async<Result<void>> publishing = file->publish(on_exists == OnExists::replace);
  Result<void> published = co_await publishing;
  const Result<Written> written = outcome_of_publishing(std::move(published), on_exists);
  if (!written) co_return fail(written.error());
  if (*written == Written::was_there) {
    outcome.state = Outcome::State::skipped;
    co_return Result<void>();
  }
  file.reset();
  outcome.state = Outcome::State::done;
  outcome.pixels = static_cast<std::uint64_t>(size->pixels());
  co_return Result<void>();
}

/// A source is under way from its permit on, and all of its tasks with it.
void AsyncJob::begin_records(SourceInFlight& source, Nanoseconds queued) const {
  for (TaskInFlight& task : source.tasks) {
    TaskRecord& record = task.result.record.emplace();
    record.queued = queued;
    record.started = since_epoch(Clock::now());
    for (Outcome& outcome : task.outcomes) outcome.costs.with_cpu = true;
  }
}

void AsyncJob::end_all(SourceInFlight& source, const Error& error) {
  for (TaskInFlight& task : source.tasks) {
    if (task.unfinished == 0) continue;
    task.unfinished = 0;
    task.result.failed = renditions_of(task.task());
    add_error(task.result, error, source.source);
    end_record(task.result, source.decoded_by);
    sink_.deliver(std::move(task.result));
  }
}

void AsyncJob::deliver(TaskInFlight& task) {
  const Source& source = job_.sources[task.task().source];
  if (!task.outcomes.empty()) end_record(task.result, task.outcomes.front().worker);
  for (Outcome& outcome : task.outcomes) add_outcome(task.result, std::move(outcome), source);
  sink_.deliver(std::move(task.result));
}

}  // namespace labday
