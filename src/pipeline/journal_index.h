// All that the journals of an output folder say, so that it can be asked by the name of a rendition. Takes a
// fixed amount of memory however long they are.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "pipeline/external_sort.h"
#include "pipeline/journal_record.h"

namespace labday {

/// One thing that a journal says of a name.
struct JournalEntry {
  enum class Kind : std::uint8_t {
    intent,
    done,       // an intent and that it was done
    done_only,  // that the intent of this `link`, told elsewhere, was done
    withdrawn   // that it was not, nor will be
  };
  Hash128 name;
  std::uint64_t link = 0;
  std::uint64_t source = 0;  // hash64() of its path
  std::uint64_t source_bytes = 0;
  std::int64_t source_mtime_ns = 0;
  std::uint64_t content_hash = 0;
  std::uint64_t spec = 0;
  std::uint64_t bytes = 0;
  Hash128 hash;
  std::int64_t mtime_ns = 0;
  Kind kind = Kind::intent;

  bool operator<(const JournalEntry& other) const { return name < other.name; }
};

/// Not thread-safe.
class JournalIndex {
 public:
  static constexpr std::size_t kDefaultMemory = std::size_t{64} << 20;

  /// Reads what is there now; a folder without journals is an empty index. An error where one cannot be read,
  /// or is of another version, and linked_folder where their folder is a link.
  [[nodiscard]] static Result<JournalIndex> load(const std::string& output_folder,
                                                 std::size_t memory = kDefaultMemory);

  /// What is said of a name, in no order. A done record and its intent are one entry.
  [[nodiscard]] std::vector<JournalEntry> of(const std::string& name) const;

  /// Is the source, in this state, not to be tried? Then why.
  [[nodiscard]] const QuarantineRecord* quarantine_of(const Source& source) const;

  /// Writers whose temporaries nobody needs any more, of those that this system's process table does not
  /// know; and those that hold the lock of a journal.
  [[nodiscard]] const std::set<WriterId>& dead() const { return dead_; }
  [[nodiscard]] const std::set<WriterId>& alive() const { return alive_; }

  /// Paths of journals whose header is damaged: what they record was read as far as it is whole. And of what
  /// has a journal's name but is no file: it was passed over.
  [[nodiscard]] const std::vector<std::string>& damaged() const { return damaged_; }

  /// Gives back memory that look-ups have cost.
  void forget() const { entries_.forget(); }

 private:
  class Reader;

  SortedItems<JournalEntry> entries_;
  std::map<std::string, QuarantineRecord> quarantined_;
  std::set<WriterId> dead_;
  std::set<WriterId> alive_;
  std::vector<std::string> damaged_;
};

}  // namespace labday
