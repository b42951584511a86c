// Any bytes as a journal: each record that is found is one that was written there, every byte is accounted
// for, and what the journal says depends neither on how it is read nor on how much memory there is.
#include "pipeline/journal.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <map>
#include <optional>
#include <set>

#include "fuzz/fuzz_target.h"
#include "pipeline/journal_index.h"

namespace labday::fuzz {

namespace {

struct Found {
  Result<JournalScan> scan = JournalScan{};
  std::vector<JournalRecord> records;
};

Found scan_in_pieces(ByteView input, std::size_t most) {
  Found found;
  const auto feed = [&](std::span<std::uint8_t> buffer) -> Result<std::size_t> {
    const std::size_t size = std::min({most, buffer.size(), input.size()});
    std::copy_n(input.begin(), size, buffer.begin());
    input = input.subspan(size);
    return size;
  };
  found.scan = scan_journal(feed, [&](JournalRecord r) { found.records.push_back(std::move(r)); });
  return found;
}

/// An output folder with this as its only journal; one for all runs.
std::string folder_with(ByteView journal) {
  static const std::string folder = [] {
    std::string pattern =
        ::access("/dev/shm", W_OK) == 0 ? "/dev/shm/labday-fuzz-XXXXXX" : "/tmp/labday-fuzz-XXXXXX";
    require(::mkdtemp(pattern.data()) != nullptr, "no folder");
    require(::mkdir((pattern + "/.labday").c_str(), 0700) == 0, "no folder");
    return pattern;
  }();
  std::ofstream file(folder + "/.labday/journal-0", std::ios::binary | std::ios::trunc);
  file.write(reinterpret_cast<const char*>(journal.data()), static_cast<std::streamsize>(journal.size()));
  return folder;
}

std::multiset<std::pair<std::uint64_t, JournalEntry::Kind>> said_of(const JournalIndex& index,
                                                                    const std::string& name) {
  std::multiset<std::pair<std::uint64_t, JournalEntry::Kind>> said;
  for (const JournalEntry& entry : index.of(name)) said.emplace(entry.link, entry.kind);
  return said;
}

void check_index(ByteView input, const std::vector<JournalRecord>& records) {
  const std::string folder = folder_with(input);
  const auto large = JournalIndex::load(folder);
  const auto small = JournalIndex::load(folder, 1);
  require(large.has_value() && small.has_value(), "a journal that can be scanned and not loaded");
  std::map<std::string, std::size_t> intents;
  for (const JournalRecord& record : records) {
    if (const auto* intent = std::get_if<IntentRecord>(&record)) ++intents[intent->name];
  }
  for (const auto& [name, count] : intents) {
    const auto said = said_of(*large, name);
    require(said.size() <= count, "more entries than intents");
    require(said == said_of(*small, name), "memory makes a difference");
  }
}

IntentRecord intent_of(const std::string& name) {
  return {name, {"photos/" + name, 1234, 1'700'000'000'000'000'000, 77, 99}, 4321, hash128(name), 5};
}

Bytes journal_of(const std::vector<JournalRecord>& records) {
  Bytes bytes = bytes_of(kJournalHeader);
  for (const JournalRecord& record : records) {
    const Bytes wire = to_wire(record);
    bytes.insert(bytes.end(), wire.begin(), wire.end());
  }
  return bytes;
}

}  // namespace

void run(ByteView input) {
  const Found whole = scan_in_pieces(input, input.size() + 1);
  const Found pieces = scan_in_pieces(input, 7);
  require(whole.scan.has_value() == pieces.scan.has_value(), "pieces make a difference");
  if (!whole.scan) {
    require(whole.records.empty(), "refused, and read all the same");
    return require_sayable(whole.scan.error());
  }
  require(whole.records == pieces.records, "pieces make a difference");
  require(whole.scan->records == whole.records.size(), "another number of records");
  std::size_t accounted = whole.scan->damaged_bytes;
  if (!whole.scan->damaged_header) accounted += std::min(input.size(), kJournalHeader.size());
  auto rest = input.begin();
  for (const JournalRecord& record : whole.records) {
    const Bytes wire = to_wire(record);
    accounted += wire.size();
    rest = std::search(rest, input.end(), wire.begin(), wire.end());
    require(rest != input.end(), "a record that nobody wrote");
    rest += static_cast<std::ptrdiff_t>(wire.size());
  }
  require(accounted == input.size(), "bytes that are neither records nor damage");
  check_index(input, whole.records);
}

std::vector<Bytes> seeds() {
  const IntentRecord a = intent_of("deep/a-120.png");
  const IntentRecord b = intent_of("b.png");
  const std::vector<JournalRecord> all{BeginRecord{{12, 34, 5, 6, 7, 1}},
                                       a,
                                       DoneRecord{hash128(a.name), link_to(a), false},
                                       b,
                                       QuarantineRecord{"bad\xff.jpg", 7, 8, 9, true, "it died"},
                                       DoneRecord{hash128(b.name), link_to(b), true},
                                       BeginRecord{{13, 35, 5, 6, 7, 1}},
                                       a,
                                       DoneRecord{hash128(b.name), link_to(b), false}};
  std::vector<Bytes> seeds{journal_of({}), journal_of(all), bytes_of("labday journal 2\n")};
  for (const JournalRecord& record : all) seeds.push_back(journal_of({record}));
  Bytes torn = journal_of(all);
  torn.resize(torn.size() - 9);
  Bytes damaged = journal_of(all);
  damaged[3] ^= 4;
  damaged[100] ^= 1;
  seeds.push_back(torn);
  seeds.push_back(damaged);
  return seeds;
}

}  // namespace labday::fuzz
