#include "modes/file_broker.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <utility>

#include "pipeline/origin.h"
#include "pipeline/outcome.h"
#include "transport/sandbox.h"
#include "transport/sealed_memory.h"

namespace labday {
namespace {

using Kind = RequestMessage::Kind;

FileBroker::Answer answer_of(std::uint64_t number) { return {{number, false, std::nullopt}, nullptr}; }

FileBroker::Answer answer_of(Error error) { return {{0, false, std::move(error)}, nullptr}; }

std::shared_ptr<const UniqueFd> shared(UniqueFd descriptor) {
  return std::make_shared<const UniqueFd>(std::move(descriptor));
}

/// Is a file with exactly this content in place already? It is what a worker left that died with the task.
bool is_in_place(const OutputFolder& folder, const PartialFile& file, const Hash128& content) {
  const int parent = file.folder ? file.folder.get() : folder.descriptor();
  const auto there = run_blocking(
      read_file_steps(parent, file.final_name, O_NOFOLLOW, static_cast<std::int64_t>(file.size)));
  return there && there->size() == file.size && hash128(ByteView(*there)) == content;
}

}  // namespace

std::optional<FileBroker::Answer> FileBroker::answer(const RequestMessage& request, const Task& task,
                                                     bool begun) {
  switch (request.kind) {
    case Kind::memory:
      break;  // not for files
    case Kind::open_source:
      return open_source(job_.sources[task.source]);
    case Kind::exists:
      if (rendition_called(request.name, std::nullopt, task) == nullptr) break;
      return answer_of(run_blocking(exists_steps(folder_, request.name)) ? 1 : 0);
    case Kind::create:
      return create(request, task, begun);
    case Kind::publish:
      return publish(request, task, begun);
    case Kind::discard: {
      const auto found = files_.find(request.number);
      if (found == files_.end()) break;
      (void)run_blocking(discard_steps(folder_, found->second.partial));
      files_.erase(found);
      return answer_of(0);
    }
    case Kind::share_memory:
      return share_memory(request.number);
  }
  return std::nullopt;
}

FileBroker::Answer FileBroker::open_source(const Source& source) {
  auto opened = run_blocking(open_source_steps(source.path, job_.limits.source_bytes));
  if (!opened) return answer_of(std::move(opened.error()));
  Answer answer = answer_of(opened->size);
  answer.descriptor = shared(std::move(opened->file));
  return answer;
}

const Rendition* FileBroker::rendition_called(const std::string& name, std::optional<std::uint64_t> spec,
                                              const Task& task) const {
  const Source& source = job_.sources[task.source];
  for (std::size_t i = task.first; i < task.last; ++i) {
    const Rendition& rendition = job_.renditions[i];
    if (spec && *spec != spec_hash(job_, rendition)) continue;
    if (job_.name.may_make(name, source, rendition)) return &rendition;
  }
  return nullptr;
}

std::optional<FileBroker::Answer> FileBroker::create(const RequestMessage& request, const Task& task,
                                                     bool begun) {
  const Rendition* const rendition = rendition_called(request.name, request.number, task);
  const std::size_t most = static_cast<std::size_t>(task.last - task.first);
  if (rendition == nullptr || files_.size() >= most) return std::nullopt;
  const Origin origin = origin_of(job_, job_.sources[task.source], *rendition);
  auto created = run_blocking(create_steps(folder_, request.name, origin));
  if (!created) return answer_of(std::move(created.error()));
  File file{std::move(*created), begun};
  if (file.partial.hash) file.hashed = true;
  file.partial.hash.reset();
  // The worker has its own; this one stays to look at the file when it is whole.
  UniqueFd copy(::fcntl(file.partial.descriptor, F_DUPFD_CLOEXEC, 0));
  if (!copy) {
    Error error = system_error(Stage::write, errno, file.partial.shown, "cannot pass it on");
    (void)run_blocking(discard_steps(folder_, file.partial));
    return answer_of(std::move(error));
  }
  Answer answer = answer_of(++last_handle_);
  answer.reply.hashed = file.hashed;
  answer.descriptor = shared(std::move(copy));
  files_.emplace(last_handle_, std::move(file));
  return answer;
}

std::optional<FileBroker::Answer> FileBroker::publish(const RequestMessage& request, const Task& task,
                                                      bool begun) {
  const auto found = files_.find(request.number);
  if (found == files_.end()) return std::nullopt;
  File& file = found->second;
  struct stat status {};
  if (::fstat(file.partial.descriptor, &status) != 0) {
    return answer_of(system_error(Stage::write, errno, file.partial.shown, "cannot look at it"));
  }
  file.partial.size = static_cast<std::uint64_t>(status.st_size);
  if (file.hashed && folder_.journal() != nullptr) file.partial.content = request.content;
  const bool replace = on_exists(job_, task) == OnExists::replace;
  auto placed = run_blocking(publish_steps(folder_, file.partial, replace));
  if (!placed) {
    const bool is_ours = placed.error().code == ErrorCode::exists && begun && file.hashed &&
                         is_in_place(folder_, file.partial, request.content);
    if (!is_ours) return answer_of(std::move(placed.error()));  // the worker will discard it
    (void)run_blocking(discard_steps(folder_, file.partial));
  }
  files_.erase(found);
  ++placed_;
  return answer_of(0);
}

std::optional<FileBroker::Answer> FileBroker::share_memory(std::uint64_t bytes) {
  if (shared_ || bytes == 0 || bytes > sandbox_limits(job_.limits).file_bytes) return std::nullopt;
  auto memory = make_shared_memory(static_cast<std::size_t>(bytes));
  if (!memory) return answer_of(std::move(memory.error()));
  shared_ = true;
  Answer answer = answer_of(bytes);
  answer.descriptor = shared(std::move(*memory));
  return answer;
}

bool FileBroker::end_task(const TaskResult& result) {
  discard_all();
  shared_ = false;
  return result.done <= std::exchange(placed_, 0);
}

void FileBroker::discard_all() {
  for (auto& [handle, file] : files_) (void)run_blocking(discard_steps(folder_, file.partial));
  files_.clear();
}

}  // namespace labday
