#include "pipeline/journal.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <utility>

#include "pipeline/beneath.h"

namespace labday {
namespace {

// Enough that the syncs of a batch weigh little; few enough that a power cut costs little work.
constexpr std::size_t kCollected = 64;
constexpr std::size_t kMostAncestors = 100'000;  // remembered; after that some are synced twice

FileCall journal_call(FileCall::Kind kind, int descriptor) {
  FileCall call;
  call.kind = kind;
  call.descriptor = descriptor;
  return call;
}

Result<void> write_all(int descriptor, const void* data, std::size_t size, const std::string& path) {
  ssize_t wrote = 0;
  do {
    wrote = ::write(descriptor, data, size);
  } while (wrote < 0 && errno == EINTR);
  if (wrote < 0) return fail(system_error(Stage::write, errno, path, "cannot write the journal"));
  if (static_cast<std::size_t>(wrote) < size) {
    return fail(Stage::write, ErrorCode::no_space, path, "cannot write the journal: the disk is full");
  }
  return {};
}

}  // namespace

Error Journal::failed(int error_number, std::string_view action) const {
  return system_error(Stage::write, error_number, fmt::format("{}/{}", path_, kJournalFolder), action);
}

Result<UniqueFd> Journal::open_folder() const {
  std::vector<std::string> made;
  const std::string name = std::string(kJournalFolder) + "/";
  auto folder = run_blocking(open_parent_steps(folder_, path_, name, Missing::make, made));
  if (!folder) {
    if (folder.error().code != ErrorCode::linked_folder) return fail(std::move(folder.error()));
    return fail(Stage::write, ErrorCode::linked_folder, fmt::format("{}/{}", path_, kJournalFolder),
                "the folder of journals is a link, and nothing is written through one");
  }
  return std::move(*folder);
}

Result<UniqueFd> Journal::take_a_file(const WriterId& writer) const {
  auto folder = open_folder();
  if (!folder) return fail(std::move(folder.error()));
  for (int number = 0;; ++number) {
    const std::string name = fmt::format("{}{}", kJournalPrefix, number);
    const std::string shown = fmt::format("{}/{}/{}", path_, kJournalFolder, name);
    UniqueFd file(::openat(folder->get(), name.c_str(),
                           O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY,
                           0666));
    struct stat status {};
    // Something else has the name: a link, a folder, a socket, a FIFO.
    if (!file && (errno == ELOOP || errno == EISDIR || errno == ENXIO)) continue;
    if (!file || ::fstat(file.get(), &status) != 0) {
      return fail(system_error(Stage::write, errno, shown, "cannot open the journal"));
    }
    if (!S_ISREG(status.st_mode)) continue;
    if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
      if (errno == EWOULDBLOCK) continue;  // a living process has it
      return fail(system_error(Stage::write, errno, shown, "cannot lock the journal"));
    }
    std::string header(kJournalHeader.size(), '\0');
    const ssize_t got = ::pread(file.get(), header.data(), header.size(), 0);
    if (got < 0) return fail(system_error(Stage::write, errno, shown, "cannot read the journal"));
    if (got < static_cast<ssize_t>(header.size())) {
      // New, or its process died while it wrote the header, before any record.
      if (::ftruncate(file.get(), 0) != 0) {
        return fail(system_error(Stage::write, errno, shown, "cannot begin the journal"));
      }
      auto begun = write_all(file.get(), kJournalHeader.data(), kJournalHeader.size(), shown);
      if (!begun) return fail(std::move(begun.error()));
    } else if (header != kJournalHeader) {
      continue;  // of another version, or damaged: left alone
    }
    const Bytes begin = to_wire(BeginRecord{writer});
    auto begun = write_all(file.get(), begin.data(), begin.size(), shown);
    if (!begun) return fail(std::move(begun.error()));
    if (durable()) {
      const UniqueFd journals(::openat(folder->get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
      const UniqueFd parent(::openat(folder_, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
      if (!journals || ::fsync(journals.get()) != 0 || !parent || ::fsync(parent.get()) != 0) {
        return fail(system_error(Stage::write, errno, shown, "cannot make the journal durable"));
      }
    }
    return file;
  }
}

Result<int> Journal::descriptor() {
  static std::atomic<std::uint32_t> turns{0};
  const std::lock_guard lock(mutex_);
  if (file_ && writer_.pid == ::getpid()) return file_.get();
  WriterId writer = this_writer();
  writer.turn = ++turns;
  auto taken = take_a_file(writer);
  if (!taken) return fail(std::move(taken.error()));
  file_ = std::move(*taken);
  writer_ = writer;
  // What a parent had collected is the parent's to write.
  collected_names_.clear();
  collected_.clear();
  failure_.reset();
  return file_.get();
}

Result<void> Journal::begin() {
  auto taken = descriptor();
  if (!taken) return fail(std::move(taken.error()));
  return {};
}

WriterId Journal::writer() const {
  const std::lock_guard lock(mutex_);
  return writer_;
}

Result<void> Journal::append(const JournalRecord& record) {
  const Bytes bytes = to_wire(record);
  auto appended = run_blocking(append_steps(bytes));
  if (!appended || !durable()) return appended;
  std::unique_lock lock(mutex_);
  const std::uint64_t mine = appended_;
  lock.unlock();
  return run_blocking(sync_steps(mine));
}

FileSteps<Result<void>> Journal::append_steps(const Bytes& bytes) {
  const Result<int> file = descriptor();
  if (!file) co_return fail(file.error());
  // The file is open for appending: the record goes to its end in one piece, whoever else writes.
  FileCall write = journal_call(FileCall::Kind::write, *file);
  write.buffer = const_cast<std::uint8_t*>(bytes.data());
  write.size = bytes.size();
  const FileAnswer wrote = co_await write;
  if (wrote < 0) co_return fail(failed(static_cast<int>(-wrote), "cannot write the journal"));
  // A part of a record is none; readers pass over it.
  if (static_cast<std::size_t>(wrote) < bytes.size()) {
    co_return fail(failed(ENOSPC, "cannot write the journal"));
  }
  const std::lock_guard lock(mutex_);
  ++appended_;
  co_return Result<void>();
}

/// The first `appended` records are on the disk afterwards.
FileSteps<Result<void>> Journal::sync_steps(std::uint64_t appended) {
  std::uint64_t covered = 0;
  int file = -1;
  {
    const std::lock_guard lock(mutex_);
    if (failure_) co_return fail(*failure_);
    if (synced_ >= appended) co_return Result<void>();  // another one's sync did it
    covered = appended_;
    file = file_.get();
  }
  const FileCall sync = journal_call(FileCall::Kind::sync, file);
  const FileAnswer synced = co_await sync;
  const std::lock_guard lock(mutex_);
  if (synced < 0 && !failure_) {
    failure_ = failed(static_cast<int>(-synced), "cannot make the journal durable");
  }
  if (failure_) co_return fail(*failure_);
  synced_ = std::max(synced_, covered);
  co_return Result<void>();
}

FileSteps<Result<void>> Journal::intent_steps(const IntentRecord& intent) {
  const Bytes bytes = to_wire(intent);
  auto appending = append_steps(bytes);
  while (const FileCall* call = appending.wanted()) {
    const FileCall step = *call;
    appending.answer(co_await step);
  }
  Result<void> written = appending.take();
  if (!written || !durable()) co_return written;
  std::uint64_t appended = 0;
  {
    const std::lock_guard lock(mutex_);
    appended = appended_;
  }
  auto syncing = sync_steps(appended);
  while (const FileCall* call = syncing.wanted()) {
    const FileCall step = *call;
    syncing.answer(co_await step);
  }
  co_return syncing.take();
}

FileSteps<Result<void>> Journal::withdraw_steps(const IntentRecord& intent) {
  const Bytes bytes = to_wire(DoneRecord{hash128(intent.name), link_to(intent), true});
  auto appending = append_steps(bytes);
  while (const FileCall* call = appending.wanted()) {
    const FileCall step = *call;
    appending.answer(co_await step);
  }
  co_return appending.take();
}

FileSteps<Result<void>> Journal::done_steps(const IntentRecord& intent) {
  const Bytes bytes = to_wire(DoneRecord{hash128(intent.name), link_to(intent), false});
  if (!durable()) {
    auto appending = append_steps(bytes);
    while (const FileCall* call = appending.wanted()) {
      const FileCall step = *call;
      appending.answer(co_await step);
    }
    co_return appending.take();
  }
  {
    const std::lock_guard lock(mutex_);
    collected_names_.push_back(intent.name);
    collected_.insert(collected_.end(), bytes.begin(), bytes.end());
    if (collected_names_.size() < kCollected) co_return Result<void>();
  }
  auto settling = settle_steps();
  while (const FileCall* call = settling.wanted()) {
    const FileCall step = *call;
    settling.answer(co_await step);
  }
  co_return settling.take();
}

/// The folder of each name is on the disk afterwards, and each folder above it: it may be new. What is known
/// to be there is remembered only when it is, so that no other thread counts on a sync that may yet fail.
FileSteps<Result<void>> Journal::sync_folders_steps(const std::vector<std::string>& names) {
  std::set<std::string> folders;
  std::set<std::string> ancestors;
  {
    const std::lock_guard lock(mutex_);
    for (const std::string& name : names) {
      auto slash = name.rfind('/');
      folders.insert(slash == std::string::npos ? "." : name.substr(0, slash));
      while (slash != std::string::npos && slash > 0) {
        const std::string folder = name.substr(0, slash);
        if (synced_ancestors_.contains(folder) || !ancestors.insert(folder).second) break;
        slash = name.rfind('/', slash - 1);
        folders.insert(slash == std::string::npos ? "." : name.substr(0, slash));
      }
    }
  }
  for (const std::string& folder : folders) {
    FileCall open = journal_call(FileCall::Kind::open, folder_);
    open.path = folder.c_str();
    open.flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW;
    const FileAnswer opened = co_await open;
    FileAnswer synced = opened;
    if (opened >= 0) {
      const FileCall sync = journal_call(FileCall::Kind::sync, static_cast<int>(opened));
      synced = co_await sync;
      const FileCall close = journal_call(FileCall::Kind::close, static_cast<int>(opened));
      co_await close;
    }
    if (synced < 0) {
      co_return fail(failed(static_cast<int>(-synced), "cannot make the folder of a rendition durable"));
    }
  }
  const std::lock_guard lock(mutex_);
  if (synced_ancestors_.size() > kMostAncestors) synced_ancestors_.clear();
  synced_ancestors_.merge(ancestors);
  co_return Result<void>();
}

FileSteps<Result<void>> Journal::settle_steps() {
  std::vector<std::string> names;
  Bytes records;
  {
    const std::lock_guard lock(mutex_);
    if (failure_) co_return fail(*failure_);
    if (collected_names_.empty()) co_return Result<void>();
    names = std::exchange(collected_names_, {});
    records = std::exchange(collected_, Bytes());
  }
  auto syncing_folders = sync_folders_steps(names);
  while (const FileCall* call = syncing_folders.wanted()) {
    const FileCall step = *call;
    syncing_folders.answer(co_await step);
  }
  Result<void> settled = syncing_folders.take();
  if (settled) {
    auto appending = append_steps(records);
    while (const FileCall* call = appending.wanted()) {
      const FileCall step = *call;
      appending.answer(co_await step);
    }
    settled = appending.take();
  }
  if (settled) {
    std::uint64_t appended = 0;
    {
      const std::lock_guard lock(mutex_);
      appended = appended_;
    }
    auto syncing = sync_steps(appended);
    while (const FileCall* call = syncing.wanted()) {
      const FileCall step = *call;
      syncing.answer(co_await step);
    }
    settled = syncing.take();
  }
  if (!settled) {
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = settled.error();
  }
  co_return settled;
}

}  // namespace labday
