// What a rendition's file is made from, as far as it decides the bytes: which source, and what was wanted of
// it. A journal keeps it with the file, so that a later run can tell whether the file is still what it should
// be.
#pragma once

#include <cstdint>
#include <string>

#include "pipeline/job.h"

namespace labday {

/// To be raised whenever the same source and rendition give other bytes than before: pixels, filters,
/// deflate, chunks. tests/pipeline/origin_test.cc compares bytes and fails where that was forgotten.
inline constexpr std::uint32_t kEncoderVersion = 1;

struct Origin {
  std::string source;                // its path, as it was opened; empty: unknown, nothing is recorded
  std::uint64_t source_bytes = 0;    // when the job was planned, so never newer than what was read
  std::int64_t source_mtime_ns = 0;  // likewise
  std::uint64_t content_hash = 0;    // of the source's content; 0 where nobody asked for it (--checksum)
  std::uint64_t spec = 0;            // spec_hash()
  bool operator==(const Origin&) const = default;
};

/// A hash of all that is wanted of a rendition, and of kEncoderVersion. Scales that are the same number
/// (50, 50.0) have the same one.
[[nodiscard]] std::uint64_t spec_hash(const Job& job, const Rendition& rendition);

[[nodiscard]] Origin origin_of(const Job& job, const Source& source, const Rendition& rendition);

}  // namespace labday
