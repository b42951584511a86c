#include "pipeline/run_task.h"

#include <algorithm>
#include <exception>
#include <memory>
#include <optional>
#include <utility>

#include "pipeline/origin.h"
#include "pipeline/outcome.h"
#include "pipeline/stage_cpu.h"
#include "pipeline/stages.h"

namespace labday {
namespace {

/// Pieces of files. Its memory comes from the one before on this thread, and stays for the next.
struct PieceBuffer {
  PieceBuffer() = default;
  ~PieceBuffer() { spare() = std::move(bytes); }
  PieceBuffer(const PieceBuffer&) = delete;
  PieceBuffer& operator=(const PieceBuffer&) = delete;

  static Bytes& spare() {
    static thread_local Bytes kept;
    return kept;
  }
  Bytes bytes = std::move(spare());
};

class TaskRun {
 public:
  TaskRun(const Job& job, const Task& task, Io& io, ForEach& for_each, const CancelToken& cancel,
          SourceLoader load)
      : job_(job),
        source_(job.sources[task.source]),
        task_(task),
        on_exists_(on_exists(job, task)),
        io_(io),
        for_each_(for_each),
        cancel_(cancel),
        load_(load) {
    outcomes_.resize(task.last - task.first);
    result_.task = task;
    if (job.records) begin_record();
  }

  TaskResult execute() {
    if (cancel_.requested()) return not_done(task_);
    if (all_there_already()) return not_needed();
    auto source = guarded(Stage::decode, [&] { return load_(result_); });
    if (!source && source.error().code == ErrorCode::cancelled) return given_up();
    if (!source) {
      result_.failed = static_cast<std::uint32_t>(outcomes_.size());
      add_error(result_, std::move(source.error()), source_);
      return take_result();
    }
    result_.warnings = static_cast<std::uint32_t>(source->warnings);
    for_each_(outcomes_.size(), [&](std::size_t i) {
      if (cancel_.requested()) return;
      const auto made = guarded(Stage::resize, [&] { return make(*source, i); });
      if (made) return;
      outcomes_[i].fail_with(made.error());
    });
    return summarise();
  }

 private:
  void begin_record() {
    restart_stage_cpu();
    TaskRecord& record = result_.record.emplace();
    record.queued = record.started = since_epoch(Clock::now());
    for (Outcome& outcome : outcomes_) outcome.costs.with_cpu = true;
  }

  TaskResult take_result() {
    if (result_.record) result_.record->ended = since_epoch(Clock::now());
    return std::move(result_);
  }

  /// With OnExists::skip a source need not even be read when the names of its renditions can be told without
  /// it.
  bool all_there_already() {
    if (on_exists_ != OnExists::skip) return false;
    const std::vector<std::string> names = names_before_reading(job_, task_);
    if (names.empty()) return false;
    return std::all_of(names.begin(), names.end(), [&](const std::string& name) { return io_.exists(name); });
  }

  TaskResult given_up() {
    result_.not_done = static_cast<std::uint32_t>(outcomes_.size());
    return take_result();
  }

  TaskResult not_needed() {
    result_.skipped = static_cast<std::uint32_t>(outcomes_.size());
    return take_result();
  }

  Result<void> make(const SourceView& source, std::size_t i) {
    Outcome& outcome = outcomes_[i];
    const Rendition& rendition = job_.renditions[task_.first + i];
    const auto size = checked_rendition_size(rendition, source.pixels.size, job_.limits);
    if (!size) return fail(size.error());
    const auto name = job_.name.expand(source_, rendition, *size);
    if (!name) return fail(name.error());
    if (on_exists_ == OnExists::skip && io_.exists(*name)) {
      outcome.state = Outcome::State::skipped;
      return {};
    }
    auto written = write_pieces(source, rendition, *size, *name, outcome);
    if (!written) return fail(std::move(written.error()));
    if (!*written) return {};  // cancelled
    outcome.state = **written == Written::was_there ? Outcome::State::skipped : Outcome::State::done;
    outcome.pixels = static_cast<std::uint64_t>(size->pixels());
    return {};
  }

  /// Makes a rendition and writes it, piece by piece; nothing where it was cancelled meanwhile.
  Result<std::optional<Written>> write_pieces(const SourceView& source, const Rendition& rendition, Size size,
                                              const std::string& name, Outcome& outcome) {
    Rendering rendering(source, rendition, size);
    std::unique_ptr<OutputFile> file;
    PieceBuffer buffer;
    Bytes& piece = buffer.bytes;
    for (auto state = Rendering::State::more; state != Rendering::State::complete;) {
      state = rendering.next(piece, for_each_, cancel_, outcome.costs);
      if (state == Rendering::State::cancelled) return std::nullopt;
      const StageTimer writing(outcome.costs, Stage::write);
      if (!file) {
        auto created = io_.create(name, origin_of(job_, source_, rendition));
        if (!created) return fail(std::move(created.error()));
        file = std::move(*created);
      }
      if (auto written = file->write(piece); !written) return fail(std::move(written.error()));
      outcome.bytes += piece.size();
    }
    const StageTimer writing(outcome.costs, Stage::write);
    auto published = publish(*file, on_exists_);
    if (!published) return fail(std::move(published.error()));
    return *published;
  }

  TaskResult summarise() {
    for (Outcome& outcome : outcomes_) add_outcome(result_, std::move(outcome), source_);
    return take_result();
  }

  const Job& job_;
  const Source& source_;
  const Task task_;
  const OnExists on_exists_;
  Io& io_;
  ForEach& for_each_;
  const CancelToken& cancel_;
  SourceLoader load_;
  std::vector<Outcome> outcomes_;
  TaskResult result_;
};

}  // namespace

Result<Decoded> load_source(const Job& job, const Source& source, Io& io, TaskResult& result,
                            MemoryGate* gate, const CancelToken& cancel, MemoryPass& pass) {
  StageTimer reading(result, Stage::read);
  auto content = io.read(source.path, job.limits.source_bytes);
  reading.stop();
  if (!content) return fail(std::move(content.error()));
  result.bytes_read = content->size();
  if (gate != nullptr) {
    const Clock::time_point begin = Clock::now();
    const std::uint64_t bytes = decoded_memory(*content, job);
    const bool entered = gate->enter(bytes, cancel);
    if (result.record) result.record->waiting += Clock::now() - begin;
    if (!entered) return fail(Stage::decode, ErrorCode::cancelled, {}, "the job was stopped");
    pass = MemoryPass(*gate, bytes);
  }
  const StageTimer decoding(result, Stage::decode);
  return decode_source(*content, job);
}

TaskResult run_task(const Job& job, const Task& task, Io& io, ForEach& for_each, const CancelToken& cancel,
                    MemoryGate* gate) {
  MemoryPass pass;  // outlives the pixels
  std::optional<Decoded> decoded;
  const auto load = [&](TaskResult& result) -> Result<SourceView> {
    auto loaded = load_source(job, job.sources[task.source], io, result, gate, cancel, pass);
    if (!loaded) return fail(std::move(loaded.error()));
    return decoded.emplace(std::move(*loaded));
  };
  return run_task(job, task, io, for_each, cancel, load);
}

TaskResult run_task(const Job& job, const Task& task, Io& io, ForEach& for_each, const CancelToken& cancel,
                    SourceLoader load) {
  try {
    return TaskRun(job, task, io, for_each, cancel, load).execute();
  } catch (const std::exception& e) {
    TaskResult result;
    result.task = task;
    result.failed = static_cast<std::uint32_t>(task.last - task.first);
    result.errors.push_back({Stage::plan, ErrorCode::out_of_memory, job.sources[task.source].path, e.what()});
    return result;
  }
}

TaskResult not_done(const Task& task) {
  TaskResult result;
  result.task = task;
  result.not_done = static_cast<std::uint32_t>(task.last - task.first);
  return result;
}

}  // namespace labday
