#include "pipeline/journal_index.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

#include "pipeline/beneath.h"
#include "pipeline/journal.h"

namespace labday {
namespace {

constexpr std::size_t kMostPending = 10'000;

JournalEntry entry_of(const IntentRecord& intent, JournalEntry::Kind kind) {
  return {hash128(intent.name),
          link_to(intent),
          hash64(intent.origin.source),
          intent.origin.source_bytes,
          intent.origin.source_mtime_ns,
          intent.origin.content_hash,
          intent.origin.spec,
          intent.bytes,
          intent.hash,
          intent.mtime_ns,
          kind};
}

JournalEntry entry_of(const DoneRecord& done) {
  JournalEntry entry;
  entry.name = done.name;
  entry.link = done.intent;
  entry.kind = done.withdrawn ? JournalEntry::Kind::withdrawn : JournalEntry::Kind::done_only;
  return entry;
}

/// The folder of journals, and the names in it; without the folder there are none.
struct JournalFolder {
  UniqueFd descriptor;
  std::vector<std::string> names;
};

Result<JournalFolder> open_journals(const std::string& output_folder, const std::string& shown) {
  JournalFolder journals;
  if (::access(output_folder.c_str(), F_OK) != 0 && errno == ENOENT) return journals;
  auto folder = open_beneath(output_folder, kJournalFolder);
  if (!folder) {
    if (folder.error().code == ErrorCode::not_found) return journals;
    folder.error().stage = Stage::plan;
    return fail(std::move(folder.error()));
  }
  journals.descriptor = std::move(*folder);
  const auto failed = [&] {
    return fail(system_error(Stage::plan, errno, shown, "cannot list the folder of journals"));
  };
  UniqueFd readable(::openat(journals.descriptor.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!readable) return failed();
  const std::unique_ptr<DIR, int (*)(DIR*)> handle(::fdopendir(readable.get()), ::closedir);
  if (handle == nullptr) return failed();
  (void)readable.release();
  while (const dirent* entry = ::readdir(handle.get())) {
    if (std::string_view(entry->d_name).starts_with(kJournalPrefix)) {
      journals.names.emplace_back(entry->d_name);
    }
  }
  std::sort(journals.names.begin(), journals.names.end());
  return journals;
}

}  // namespace

/// Reads one journal after the other into an index.
class JournalIndex::Reader {
 public:
  Reader(JournalIndex& index, const std::string& folder, std::size_t memory)
      : index_(index), sort_(folder, memory) {}

  Result<void> read(int folder, const std::string& name, const std::string& path) {
    // O_NONBLOCK: who plants a FIFO under this name shall not have us wait for its writer.
    const UniqueFd file(
        ::openat(folder, name.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY));
    struct stat status {};
    const bool is_link = !file && errno == ELOOP;
    if (!file && errno == ENOENT) return {};  // gone since
    if (!is_link && (!file || ::fstat(file.get(), &status) != 0)) {
      return fail(system_error(Stage::plan, errno, path, "cannot open the journal"));
    }
    if (is_link || !S_ISREG(status.st_mode)) {
      index_.damaged_.push_back(path);
      return {};
    }
    // Held: whoever wrote last is alive. It looks free for a moment to those who come meanwhile, and if they
    // look while this has it they take another file; neither does harm.
    const bool held = ::flock(file.get(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    reach_ = reach_of(file.get());
    Result<void> kept;
    last_writer_.reset();
    std::uint64_t offset = 0;
    const auto input = [&](std::span<std::uint8_t> buffer) -> Result<std::size_t> {
      ssize_t got = 0;
      do {
        got = ::pread(file.get(), buffer.data(), buffer.size(), static_cast<off_t>(offset));
      } while (got < 0 && errno == EINTR);
      if (got < 0) return fail(system_error(Stage::plan, errno, path, "cannot read the journal"));
      offset += static_cast<std::uint64_t>(got);
      return static_cast<std::size_t>(got);
    };
    auto scan = scan_journal(input, [&](JournalRecord record) {
      if (kept) kept = std::visit([&](auto& r) { return take(r); }, record);
    });
    if (!scan) {
      scan.error().path = path;
      return fail(std::move(scan.error()));
    }
    if (kept) kept = give_up_pending();
    end_writer(held);
    if (scan->damaged_header) index_.damaged_.push_back(path);
    return kept;
  }

  Result<void> finish() {
    auto sorted = sort_.take();
    if (!sorted) return fail(std::move(sorted.error()));
    index_.entries_ = std::move(*sorted);
    return {};
  }

 private:
  Result<void> take(BeginRecord& begin) {
    end_writer(false);
    last_writer_ = begin.writer;
    return give_up_pending();
  }

  Result<void> take(IntentRecord& intent) {
    const JournalEntry entry = entry_of(intent, JournalEntry::Kind::intent);
    if (pending_.size() >= kMostPending) {
      if (auto given = give_up_pending(); !given) return given;
    }
    pending_[entry.link] = entry;
    return {};
  }

  Result<void> take(DoneRecord& done) {
    const auto found = pending_.find(done.intent);
    if (found == pending_.end()) return sort_.add(entry_of(done));
    JournalEntry entry = found->second;
    pending_.erase(found);
    if (done.withdrawn) return {};
    entry.kind = JournalEntry::Kind::done;
    return sort_.add(entry);
  }

  Result<void> take(QuarantineRecord& record) {
    QuarantineRecord& known = index_.quarantined_[record.source];
    if (record.time_ns >= known.time_ns) known = std::move(record);
    return {};
  }

  Result<void> give_up_pending() {
    for (const auto& [link, entry] : pending_) {
      if (auto added = sort_.add(entry); !added) return added;
    }
    pending_.clear();
    return {};
  }

  void end_writer(bool alive) {
    if (!last_writer_) return;
    if (alive) {
      index_.alive_.insert(*last_writer_);
    } else if (life_of(*last_writer_, reach_) == Life::unknown) {
      index_.dead_.insert(*last_writer_);
    }
    last_writer_.reset();
  }

  JournalIndex& index_;
  ExternalSort<JournalEntry> sort_;
  std::unordered_map<std::uint64_t, JournalEntry> pending_;  // intents that were not done yet, by their link
  std::optional<WriterId> last_writer_;
  Reach reach_ = Reach::machines;  // of the journal
};

Result<JournalIndex> JournalIndex::load(const std::string& output_folder, std::size_t memory) {
  const std::string folder = output_folder + "/" + std::string(kJournalFolder);
  auto journals = open_journals(output_folder, folder);
  if (!journals) return fail(std::move(journals.error()));
  JournalIndex index;
  Reader reader(index, folder, memory);
  for (const std::string& name : journals->names) {
    auto read = reader.read(journals->descriptor.get(), name, fmt::format("{}/{}", folder, name));
    if (!read) return fail(std::move(read.error()));
  }
  if (auto finished = reader.finish(); !finished) return fail(std::move(finished.error()));
  return index;
}

std::vector<JournalEntry> JournalIndex::of(const std::string& name) const {
  JournalEntry wanted;
  wanted.name = hash128(name);
  const std::span<const JournalEntry> all = entries_.view();
  const auto [first, last] = std::equal_range(all.begin(), all.end(), wanted);
  std::vector<JournalEntry> entries(first, last);
  // What was told apart from its intent.
  for (const JournalEntry& told : std::vector<JournalEntry>(entries)) {
    for (JournalEntry& entry : entries) {
      if (entry.kind != JournalEntry::Kind::intent || entry.link != told.link) continue;
      if (told.kind == JournalEntry::Kind::done_only) entry.kind = JournalEntry::Kind::done;
      if (told.kind == JournalEntry::Kind::withdrawn) entry.kind = JournalEntry::Kind::withdrawn;
    }
  }
  std::erase_if(entries, [](const JournalEntry& entry) {
    return entry.kind == JournalEntry::Kind::done_only || entry.kind == JournalEntry::Kind::withdrawn;
  });
  return entries;
}

const QuarantineRecord* JournalIndex::quarantine_of(const Source& source) const {
  const auto found = quarantined_.find(source.path);
  if (found == quarantined_.end() || found->second.lifted) return nullptr;
  const QuarantineRecord& record = found->second;
  const bool same = record.source_bytes == source.file_bytes && record.source_mtime_ns == source.mtime_ns;
  return same ? &record : nullptr;
}

}  // namespace labday
