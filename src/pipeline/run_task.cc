#include "pipeline/run_task.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <memory>
#include <new>
#include <optional>
#include <utility>

#include "image/orient.h"
#include "pipeline/stages.h"

namespace labday {
namespace {

/// What became of one rendition; slots of their own, so that parallel bodies share nothing.
struct Outcome {
  enum class State : std::uint8_t { not_done, done, skipped, failed };
  State state = State::not_done;
  std::uint64_t bytes = 0;
  std::uint64_t pixels = 0;
  StageTimes times{};
  std::optional<Error> error;
};

/// Runs `body`, which returns a Result; exceptions become errors of `stage`.
template <class Body>
auto guarded(Stage stage, Body body) -> decltype(body()) {
  try {
    return body();
  } catch (const std::bad_alloc&) {
    return fail(stage, ErrorCode::out_of_memory, {}, "there is not enough memory for it");
  } catch (const std::exception& e) {
    return fail(stage, ErrorCode::internal, {}, fmt::format("unexpected exception: {}", e.what()));
  }
}

class TaskRun {
 public:
  TaskRun(const Job& job, const Task& task, Io& io, ForEach& for_each, const CancelToken& cancel,
          SourceLoader load)
      : job_(job),
        source_(job.sources[task.source]),
        task_(task),
        io_(io),
        for_each_(for_each),
        cancel_(cancel),
        load_(load) {
    outcomes_.resize(task.last - task.first);
    result_.task = task;
  }

  TaskResult execute() {
    if (cancel_.requested()) return not_done(task_);
    if (all_there_already()) return not_needed();
    auto source = guarded(Stage::decode, [&] { return load_(result_); });
    if (!source) {
      result_.failed = static_cast<std::uint32_t>(outcomes_.size());
      add_error(std::move(source.error()), source_.path);
      return std::move(result_);
    }
    result_.warnings = static_cast<std::uint32_t>(source->warnings);
    for_each_(outcomes_.size(), [&](std::size_t i) {
      if (cancel_.requested()) return;
      const auto made = guarded(Stage::resize, [&] { return make(*source, i); });
      if (made) return;
      outcomes_[i].state = Outcome::State::failed;
      outcomes_[i].error = made.error();
    });
    return summarise();
  }

 private:
  /// With OnExists::skip a source need not even be read when the names of its renditions can be told without
  /// it.
  bool all_there_already() {
    if (job_.on_exists != OnExists::skip) return false;
    for (std::size_t i = 0; i < outcomes_.size(); ++i) {
      const Rendition& rendition = job_.renditions[task_.first + i];
      if (job_.name.needs_size(rendition)) return false;
      const auto name = job_.name.expand(source_, rendition, {});
      if (!name || !io_.exists(*name)) return false;
    }
    return true;
  }

  TaskResult not_needed() {
    result_.skipped = static_cast<std::uint32_t>(outcomes_.size());
    return std::move(result_);
  }

  Result<void> make(const SourceView& source, std::size_t i) {
    Outcome& outcome = outcomes_[i];
    const Rendition& rendition = job_.renditions[task_.first + i];
    const auto size = checked_rendition_size(rendition, source.pixels.size, job_.limits);
    if (!size) return fail(size.error());
    const auto name = job_.name.expand(source_, rendition, *size);
    if (!name) return fail(name.error());
    if (job_.on_exists == OnExists::skip && io_.exists(*name)) {
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
    Bytes piece;
    for (auto state = Rendering::State::more; state != Rendering::State::complete;) {
      state = rendering.next(piece, for_each_, cancel_, outcome.times);
      if (state == Rendering::State::cancelled) return std::nullopt;
      const StageTimer writing(outcome.times, Stage::write);
      if (!file) {
        auto created = io_.create(name);
        if (!created) return fail(std::move(created.error()));
        file = std::move(*created);
      }
      if (auto written = file->write(piece); !written) return fail(std::move(written.error()));
      outcome.bytes += piece.size();
    }
    const StageTimer writing(outcome.times, Stage::write);
    auto published = publish(*file, job_.on_exists);
    if (!published) return fail(std::move(published.error()));
    return *published;
  }

  void add_error(Error error, const std::string& path) {
    if (error.path.empty()) error.path = path;
    result_.errors.push_back(std::move(error));
  }

  TaskResult summarise() {
    for (Outcome& outcome : outcomes_) {
      for (std::size_t s = 0; s < outcome.times.size(); ++s) result_.stage_times[s] += outcome.times[s];
      switch (outcome.state) {
        case Outcome::State::done:
          ++result_.done;
          result_.bytes_written += outcome.bytes;
          result_.pixels += outcome.pixels;
          break;
        case Outcome::State::skipped:
          ++result_.skipped;
          break;
        case Outcome::State::failed:
          ++result_.failed;
          add_error(std::move(*outcome.error), source_.path);
          break;
        case Outcome::State::not_done:
          ++result_.not_done;
          break;
      }
    }
    return std::move(result_);
  }

  const Job& job_;
  const Source& source_;
  const Task task_;
  Io& io_;
  ForEach& for_each_;
  const CancelToken& cancel_;
  SourceLoader load_;
  std::vector<Outcome> outcomes_;
  TaskResult result_;
};

}  // namespace

Result<Decoded> load_source(const Job& job, const Source& source, Io& io, TaskResult& result) {
  StageTimer reading(result.stage_times, Stage::read);
  auto content = io.read(source.path, job.limits.source_bytes);
  reading.stop();
  if (!content) return fail(std::move(content.error()));
  result.bytes_read = content->size();
  const StageTimer decoding(result.stage_times, Stage::decode);
  return decode_source(*content, job);
}

TaskResult run_task(const Job& job, const Task& task, Io& io, ForEach& for_each, const CancelToken& cancel) {
  std::optional<Decoded> decoded;
  const auto load = [&](TaskResult& result) -> Result<SourceView> {
    auto loaded = load_source(job, job.sources[task.source], io, result);
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
