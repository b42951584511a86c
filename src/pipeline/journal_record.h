// The records of a journal and their form on disk. A journal is a header, then records, each with a mark, its
// length and a checksum:
//
//   header  "labday journal 1\n"
//   record  mark (4 bytes) | length of the payload (4) | XXH3-64 of length and payload (8) | payload
//
// A process may end at any byte of a record, the disk may fill up in the middle of one, and bits may flip. A
// reader takes the records whose checksum is right and passes over everything else, looking for the next
// mark: damage costs the record that it hits, never its neighbours. Damage to the header costs none: records
// tell by their mark which version they are of, and another version has another mark.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "base/bytes.h"
#include "base/function_ref.h"
#include "base/result.h"
#include "pipeline/hash.h"
#include "pipeline/origin.h"
#include "pipeline/temporaries.h"

namespace labday {

inline constexpr std::string_view kJournalHeader = "labday journal 1\n";
inline constexpr std::size_t kMaxRecordPayload = std::size_t{64} << 10;

/// A process begins to write here; what follows, up to the next one, is its.
struct BeginRecord {
  WriterId writer;
  bool operator==(const BeginRecord&) const = default;
};

/// A whole file is about to get its name.
struct IntentRecord {
  std::string name;  // below the output folder
  Origin origin;
  std::uint64_t bytes = 0;    // of the file
  Hash128 hash;               // of its content
  std::int64_t mtime_ns = 0;  // of the file itself, which it keeps when it is renamed
  bool operator==(const IntentRecord&) const = default;
};

/// The file of an intent has its name; with --durable, and will have it after a power cut. Or the intent is
/// withdrawn: the name was somebody else's, whose file is not to be taken for ours.
struct DoneRecord {
  Hash128 name;              // hash128() of it
  std::uint64_t intent = 0;  // link_to() of the intent
  bool withdrawn = false;
  bool operator==(const DoneRecord&) const = default;
};

/// A source that ended its worker twice is not to be tried again; or it is, from now on.
struct QuarantineRecord {
  std::string source;
  std::uint64_t source_bytes = 0;
  std::int64_t source_mtime_ns = 0;
  std::int64_t time_ns = 0;  // after 1970; the latest record of a source holds
  bool lifted = false;
  std::string reason;
  bool operator==(const QuarantineRecord&) const = default;
};

using JournalRecord = std::variant<BeginRecord, IntentRecord, DoneRecord, QuarantineRecord>;

/// How a record of the same journal refers to an intent.
[[nodiscard]] std::uint64_t link_to(const IntentRecord& intent);

[[nodiscard]] Bytes to_wire(const JournalRecord& record);

struct JournalScan {
  std::uint64_t records = 0;
  std::uint64_t damaged_bytes = 0;  // that belong to no record
  bool damaged_header = false;      // it is not how a journal of any version begins
};

/// Fills the buffer with what follows; says how much it was, 0 at the end.
using JournalInput = FunctionRef<Result<std::size_t>(std::span<std::uint8_t> buffer)>;

/// Calls `body` for each record of a journal, in order, in a fixed amount of memory. ErrorCode::unsupported
/// where its header is that of another version, and so are its records; otherwise an error is the input's. A
/// header that is not complete yet is an empty journal.
[[nodiscard]] Result<JournalScan> scan_journal(JournalInput input, FunctionRef<void(JournalRecord)> body);
[[nodiscard]] Result<JournalScan> scan_journal(ByteView content, FunctionRef<void(JournalRecord)> body);

}  // namespace labday
