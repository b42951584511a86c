#include "pipeline/journal_index.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

#include "pipeline/journal.h"

namespace labday {
namespace {

constexpr std::uint64_t kRecordsToForget = 50'000;
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

Result<std::vector<std::string>> journal_names(const std::string& folder) {
  std::vector<std::string> names;
  const std::unique_ptr<DIR, int (*)(DIR*)> handle(::opendir(folder.c_str()), ::closedir);
  if (handle == nullptr) {
    if (errno == ENOENT) return names;
    return fail(system_error(Stage::plan, errno, folder, "cannot open the folder of journals"));
  }
  while (const dirent* entry = ::readdir(handle.get())) {
    if (std::string_view(entry->d_name).starts_with(kJournalPrefix)) names.emplace_back(entry->d_name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

/// Reads one journal after the other into an index.
class JournalIndex::Reader {
 public:
  Reader(JournalIndex& index, const std::string& folder, std::size_t memory)
      : index_(index), sort_(folder, memory) {}

  Result<void> read(const std::string& path) {
    const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!file) return fail(system_error(Stage::plan, errno, path, "cannot open the journal"));
    // Held: whoever wrote last is alive. It looks free for a moment to those who come meanwhile, and if they
    // look while this has it they take another file; neither does harm.
    const bool held = ::flock(file.get(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    auto mapping = FileMapping::map(file.get(), path);
    if (!mapping) return fail(std::move(mapping.error()));
    std::uint64_t records = 0;
    Result<void> kept;
    last_writer_.reset();
    auto scan = scan_journal(mapping->bytes(), [&](JournalRecord record) {
      if (++records % kRecordsToForget == 0) mapping->forget();
      if (kept) kept = std::visit([&](auto& r) { return take(r); }, record);
    });
    if (!scan) {
      scan.error().path = path;
      return fail(std::move(scan.error()));
    }
    if (kept) kept = give_up_pending();
    end_writer(held);
    index_.damaged_bytes_ += scan->damaged_bytes;
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
    } else if (life_of(*last_writer_) == Life::unknown) {
      index_.dead_.insert(*last_writer_);
    }
    last_writer_.reset();
  }

  JournalIndex& index_;
  ExternalSort<JournalEntry> sort_;
  std::unordered_map<std::uint64_t, JournalEntry> pending_;  // intents that were not done yet, by their link
  std::optional<WriterId> last_writer_;
};

Result<JournalIndex> JournalIndex::load(const std::string& output_folder, std::size_t memory) {
  const std::string folder = output_folder + "/" + std::string(kJournalFolder);
  auto names = journal_names(folder);
  if (!names) return fail(std::move(names.error()));
  JournalIndex index;
  Reader reader(index, folder, memory);
  for (const std::string& name : *names) {
    if (auto read = reader.read(fmt::format("{}/{}", folder, name)); !read)
      return fail(std::move(read.error()));
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
