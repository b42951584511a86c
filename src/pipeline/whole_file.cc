// Long, because it is one thing: which calls a file costs, from its opening to its name, and in which order.
// What a crash may leave behind follows from that order alone, so it can be read in one place.
#include "pipeline/whole_file.h"

#include <fmt/format.h>
#include <stdio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <new>
#include <utility>

namespace labday {
namespace {

using Kind = FileCall::Kind;

constexpr int kMaxAttempts = 100;
constexpr FileAnswer kNotFound = -ENOENT;
constexpr FileAnswer kExists = -EEXIST;

FileCall call_on(Kind kind, int descriptor) {
  FileCall call;
  call.kind = kind;
  call.descriptor = descriptor;
  return call;
}

FileCall call_on(Kind kind, int folder, const std::string& path, int flags = 0) {
  FileCall call = call_on(kind, folder);
  call.path = path.c_str();
  call.flags = flags;
  return call;
}

FileCall transfer(Kind kind, int descriptor, void* buffer, std::size_t size, std::uint64_t offset) {
  FileCall call = call_on(kind, descriptor);
  call.buffer = buffer;
  call.size = std::min(size, kMaxTransfer);
  call.offset = offset;
  return call;
}

/// The folder that the file is in.
int folder_of(const OutputFolder& output, const PartialFile& file) {
  return file.folder ? file.folder.get() : output.descriptor();
}

FileCall renaming(Kind kind, int folder, const PartialFile& file, unsigned flags) {
  FileCall call = call_on(kind, folder, file.temporary, static_cast<int>(flags));
  call.new_path = file.final_name.c_str();
  return call;
}

tl::unexpected<Error> failed(Stage stage, FileAnswer answer, const std::string& path,
                             std::string_view action) {
  return fail(system_error(stage, static_cast<int>(-answer), path, action));
}

/// What the journal could not do, as an error of the rendition that needs it.
tl::unexpected<Error> not_recorded(Error error, const PartialFile& file) {
  error.detail = fmt::format("{} ({})", error.detail, error.path);
  error.path = file.shown;
  return fail(std::move(error));
}

std::int64_t mtime_ns(const struct statx& status) {
  return std::int64_t{status.stx_mtime.tv_sec} * 1'000'000'000 + status.stx_mtime.tv_nsec;
}

/// How many bytes to read from a file of this status, if it is one that can be read.
Result<std::size_t> size_to_read(const struct statx& status, const std::string& path, std::int64_t limit) {
  if (!S_ISREG(status.stx_mode)) {
    return fail(Stage::read, ErrorCode::not_a_file, path,
                S_ISDIR(status.stx_mode) ? "it is a folder" : "it is no regular file");
  }
  if (status.stx_size > static_cast<std::uint64_t>(limit)) {
    return fail(Stage::read, ErrorCode::over_limit, path,
                fmt::format("it has {} bytes, the limit (--max-file-bytes) is {}", status.stx_size, limit));
  }
  return static_cast<std::size_t>(status.stx_size);
}

}  // namespace

FileSteps<Result<OpenSource>> open_source_steps(const std::string& path, std::int64_t limit) {
  return open_source_steps(AT_FDCWD, path, 0, limit);
}

FileSteps<Result<OpenSource>> open_source_steps(int folder, const std::string& path, int flags,
                                                std::int64_t limit) {
  // O_NONBLOCK: opening a FIFO must not wait for its writer. It means nothing to regular files.
  const FileCall open =
      call_on(Kind::open, folder, path, flags | O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  const FileAnswer opened = co_await open;
  if (opened < 0) co_return failed(Stage::read, opened, path, "cannot open");
  OpenSource source{UniqueFd(static_cast<int>(opened)), 0};  // closes it where this is given up half-way

  const std::string itself;
  struct statx status {};
  FileCall look = call_on(Kind::status, source.file.get(), itself, AT_EMPTY_PATH);
  look.status = &status;
  const FileAnswer looked = co_await look;
  std::optional<Error> error;
  if (looked < 0) {
    error = system_error(Stage::read, static_cast<int>(-looked), path, "cannot look at it");
  } else if (const auto size = size_to_read(status, path, limit); !size) {
    error = size.error();
  } else {
    source.size = *size;
  }
  if (!error) co_return std::move(source);
  const FileCall close = call_on(Kind::close, source.file.release());
  co_await close;
  co_return fail(std::move(*error));
}

FileSteps<Result<Bytes>> read_source_steps(OpenSource source, const std::string& path) {
  Result<Bytes> content;
  // One byte more than expected: a first read that leaves it empty has seen the end, so that one call is
  // enough, and one that fills it has found a file that is growing. Where reads give parts, a part may end
  // there by chance: only an empty one is the end.
  content->resize(source.size + 1);
  std::size_t filled = 0;
  FileAnswer got = 0;
  int reads = 0;
  do {
    const FileCall read =
        transfer(Kind::read, source.file.get(), content->data() + filled, content->size() - filled, filled);
    got = co_await read;
    ++reads;
    if (got > 0) filled += static_cast<std::size_t>(got);
  } while (got > 0 && filled < content->size() && (reads > 1 || filled < source.size));
  if (got < 0) {
    content = failed(Stage::read, got, path, "cannot read");
  } else if (filled == content->size()) {
    content = fail(Stage::read, ErrorCode::io, path, "it grew while it was read");
  } else if (filled == 0) {
    content = fail(Stage::read, ErrorCode::empty_file, path, "it is empty");
  } else {
    content->resize(filled);
  }
  const FileCall close = call_on(Kind::close, source.file.release());
  co_await close;
  co_return content;
}

FileSteps<Result<Bytes>> read_file_steps(const std::string& path, std::int64_t limit) {
  return read_file_steps(AT_FDCWD, path, 0, limit);
}

FileSteps<Result<Bytes>> read_file_steps(int folder, const std::string& path, int flags, std::int64_t limit) {
  auto opening = open_source_steps(folder, path, flags, limit);
  while (const FileCall* call = opening.wanted()) {
    const FileCall step = *call;
    opening.answer(co_await step);
  }
  auto source = opening.take();
  if (!source) co_return fail(std::move(source.error()));
  auto reading = read_source_steps(std::move(*source), path);
  while (const FileCall* call = reading.wanted()) {
    const FileCall step = *call;
    reading.answer(co_await step);
  }
  co_return reading.take();
}

OutputFolder::OutputFolder(std::string path, UniqueFd descriptor, Journalling journalling)
    : path_(std::move(path)), descriptor_(std::move(descriptor)) {
  if (journalling != Journalling::off) {
    journal_ = std::make_unique<Journal>(path_, descriptor_.get(), journalling);
  }
}

std::string shown_below(const std::string& folder, const std::string& name) {
  return folder + (folder.ends_with('/') ? "" : "/") + name;
}

std::string OutputFolder::next_temporary(bool journalled) {
  return temporary_name(journalled ? journal_->writer() : this_writer(), next_temporary_.fetch_add(1));
}

FileSteps<Result<void>> make_parents_steps(int root, const std::string& name, const std::string& shown,
                                           std::vector<std::string>& made) {
  for (auto slash = name.find('/'); slash != std::string::npos; slash = name.find('/', slash + 1)) {
    if (slash == 0) continue;
    std::string folder = name.substr(0, slash);
    const FileCall make = call_on(Kind::make_folder, root, folder);
    const FileAnswer answer = co_await make;
    if (answer == 0) {
      made.push_back(std::move(folder));
    } else if (answer != kExists) {
      co_return failed(Stage::write, answer, shown, "cannot make its folder");
    }
  }
  co_return Result<void>();
}

FileSteps<Result<PartialFile>> create_steps(OutputFolder& folder, const std::string& name,
                                            const Origin& origin) {
  const int root = folder.descriptor();
  PartialFile file;
  file.name = name;
  file.final_name = last_component(name);
  file.shown = folder.shown(name);
  file.origin = origin;
  const bool journalled = folder.journal() != nullptr && !origin.source.empty();
  if (journalled) {
    // Its lock says that this process lives, and has to do so before there is anything that others could take
    // for what a dead one left.
    if (auto begun = folder.journal()->begin(); !begun) {
      co_return not_recorded(std::move(begun.error()), file);
    }
    file.hash = std::make_unique<StreamingHash>();
  }
  FileAnswer opened = kNotFound;
  Result<UniqueFd> parent;
  // Between our making a folder and our using it, another task that made it too may remove it (ENOENT); and a
  // process of the same number, long dead or on another host, may have left a temporary (EEXIST).
  for (int attempt = 0; attempt < kMaxAttempts; ++attempt) {
    auto opening = open_parent_steps(root, folder.path(), name, Missing::make, file.made_folders);
    while (const FileCall* call = opening.wanted()) {
      const FileCall step = *call;
      opening.answer(co_await step);
    }
    parent = opening.take();
    if (!parent) {
      if (parent.error().code == ErrorCode::not_found) continue;
      break;
    }
    file.folder = std::move(*parent);
    file.temporary = folder.next_temporary(journalled);
    const FileCall open =
        call_on(Kind::open, folder_of(folder, file), file.temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC);
    opened = co_await open;
    if (opened != kNotFound && opened != kExists) break;
  }
  if (parent && opened >= 0) {
    file.descriptor = static_cast<int>(opened);
    co_return std::move(file);
  }
  file.folder = UniqueFd();
  auto removal = remove_folders_steps(root, file.made_folders);
  while (const FileCall* call = removal.wanted()) {
    const FileCall step = *call;
    removal.answer(co_await step);
  }
  if (!parent) co_return fail(std::move(parent.error()));
  co_return failed(Stage::write, opened, file.shown, "cannot create");
}

FileSteps<Result<void>> write_steps(PartialFile& file, ByteView data) {
  while (!data.empty()) {
    // The system only looks at what it writes.
    void* const bytes = const_cast<std::uint8_t*>(data.data());
    const FileCall write = transfer(Kind::write, file.descriptor, bytes, data.size(), file.size);
    FileAnswer wrote = co_await write;
    if (wrote == 0) wrote = -EIO;  // would go on for ever
    if (wrote < 0) co_return failed(Stage::write, wrote, file.shown, "cannot write");
    if (file.hash) file.hash->add(data.first(static_cast<std::size_t>(wrote)));
    file.size += static_cast<std::uint64_t>(wrote);
    data = data.subspan(static_cast<std::size_t>(wrote));
  }
  co_return Result<void>();
}

namespace {

Hash128 content_hash(const PartialFile& file) { return file.content ? *file.content : file.hash->result(); }

/// What the journal has to know of a file before it gets its name; with Journalling::durable the content is
/// on the disk afterwards.
FileSteps<Result<IntentRecord>> describe_steps(const PartialFile& file, bool durable) {
  if (durable) {
    const FileCall sync = call_on(Kind::sync, file.descriptor);
    if (const FileAnswer synced = co_await sync; synced < 0) {
      co_return failed(Stage::write, synced, file.shown, "cannot make it durable");
    }
  }
  const std::string itself;
  struct statx status {};
  FileCall look = call_on(Kind::status, file.descriptor, itself, AT_EMPTY_PATH);
  look.status = &status;
  if (const FileAnswer looked = co_await look; looked < 0) {
    co_return failed(Stage::write, looked, file.shown, "cannot look at it");
  }
  co_return IntentRecord{file.name, file.origin, file.size, content_hash(file), mtime_ns(status)};
}

/// Renames the file in its folder; the answer of the last call.
FileSteps<FileAnswer> rename_steps(int folder, const PartialFile& file, bool replace) {
  const FileCall rename = renaming(Kind::rename, folder, file, replace ? 0U : RENAME_NOREPLACE);
  FileAnswer placed = co_await rename;
  if (placed == -EINVAL && !replace) {
    // The file system knows no RENAME_NOREPLACE: a link does not replace either.
    const FileCall link = renaming(Kind::link, folder, file, 0);
    placed = co_await link;
    if (placed == 0) {
      const FileCall remove = call_on(Kind::remove, folder, file.temporary);
      co_await remove;
    }
  }
  co_return placed;
}

/// Has the file under the final name exactly these bytes?
FileSteps<bool> same_steps(int folder, const PartialFile& file) {
  const auto size = static_cast<std::int64_t>(file.size);
  auto reading = read_file_steps(folder, file.final_name, O_NOFOLLOW, size);
  while (const FileCall* call = reading.wanted()) {
    const FileCall step = *call;
    reading.answer(co_await step);
  }
  const Result<Bytes> there = reading.take();
  co_return there && there->size() == file.size&& hash128(ByteView(*there)) == content_hash(file);
}

}  // namespace

FileSteps<Result<void>> publish_steps(OutputFolder& folder, PartialFile& file, bool replace) {
  Journal* const journal = file.hash || file.content ? folder.journal() : nullptr;
  std::optional<IntentRecord> intent;
  if (journal != nullptr) {
    auto describing = describe_steps(file, journal->durable());
    while (const FileCall* call = describing.wanted()) {
      const FileCall step = *call;
      describing.answer(co_await step);
    }
    auto described = describing.take();
    if (!described) co_return fail(std::move(described.error()));
    intent = std::move(*described);
  }
  const FileCall close = call_on(Kind::close, std::exchange(file.descriptor, -1));
  // Network file systems report a full disk as late as here.
  if (const FileAnswer closed = co_await close; closed < 0) {
    co_return failed(Stage::write, closed, file.shown, "cannot finish writing");
  }
  if (journal != nullptr) {
    auto noting = journal->intent_steps(*intent);
    while (const FileCall* call = noting.wanted()) {
      const FileCall step = *call;
      noting.answer(co_await step);
    }
    if (auto noted = noting.take(); !noted) co_return not_recorded(std::move(noted.error()), file);
  }
  const int parent = folder_of(folder, file);
  auto renaming = rename_steps(parent, file, replace);
  while (const FileCall* call = renaming.wanted()) {
    const FileCall step = *call;
    renaming.answer(co_await step);
  }
  FileAnswer placed = renaming.take();
  if (placed == kExists && journal != nullptr) {
    auto comparing = same_steps(parent, file);
    while (const FileCall* call = comparing.wanted()) {
      const FileCall step = *call;
      comparing.answer(co_await step);
    }
    if (comparing.take()) {
      const FileCall remove = call_on(Kind::remove, parent, file.temporary);
      co_await remove;
      placed = 0;
    }
  }
  if (placed < 0) {
    if (journal != nullptr) {
      auto withdrawing = journal->withdraw_steps(*intent);
      while (const FileCall* call = withdrawing.wanted()) {
        const FileCall step = *call;
        withdrawing.answer(co_await step);
      }
    }
    co_return failed(Stage::write, placed, file.shown, "cannot put it in place");
  }
  if (journal == nullptr) co_return Result<void>();
  auto noting = journal->done_steps(*intent);
  while (const FileCall* call = noting.wanted()) {
    const FileCall step = *call;
    noting.answer(co_await step);
  }
  if (auto noted = noting.take(); !noted) co_return not_recorded(std::move(noted.error()), file);
  co_return Result<void>();
}

FileSteps<bool> discard_steps(OutputFolder& folder, PartialFile& file) {
  const int root = folder.descriptor();
  if (file.descriptor >= 0) {
    const FileCall close = call_on(Kind::close, std::exchange(file.descriptor, -1));
    co_await close;
  }
  const FileCall remove = call_on(Kind::remove, folder_of(folder, file), file.temporary);
  const FileAnswer removed = co_await remove;
  auto removal = remove_folders_steps(root, file.made_folders);
  while (const FileCall* call = removal.wanted()) {
    const FileCall step = *call;
    removal.answer(co_await step);
  }
  co_return removed == 0;
}

void discard_now(OutputFolder& folder, PartialFile& file) noexcept {
  // Steps are coroutines and take memory.
  if (file.descriptor >= 0) ::close(std::exchange(file.descriptor, -1));
  ::unlinkat(folder_of(folder, file), file.temporary.c_str(), 0);
  if (file.made_folders.empty()) return;
  try {
    (void)run_blocking(remove_folders_steps(folder.descriptor(), file.made_folders));
  } catch (const std::bad_alloc&) {  // they do no harm
  }
}

FileSteps<bool> exists_steps(OutputFolder& folder, const std::string& name) {
  std::vector<std::string> none;
  auto opening = open_parent_steps(folder.descriptor(), folder.path(), name, Missing::refuse, none);
  while (const FileCall* call = opening.wanted()) {
    const FileCall step = *call;
    opening.answer(co_await step);
  }
  const Result<UniqueFd> parent = opening.take();
  if (!parent) co_return false;
  const std::string itself = last_component(name);
  struct statx status {};
  FileCall look =
      call_on(Kind::status, *parent ? parent->get() : folder.descriptor(), itself, AT_SYMLINK_NOFOLLOW);
  look.status = &status;
  const FileAnswer looked = co_await look;
  co_return looked == 0;
}

}  // namespace labday
