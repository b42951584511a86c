// What a round left on disk, read back and hashed: the evidence that two modes wrote the same files.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace labday {

/// XXH3-128 in its canonical (big-endian) form.
using FileHash = std::array<std::uint8_t, 16>;

struct ManifestEntry {
  std::string name;  // relative to the folder; bytes
  std::uint64_t bytes = 0;
  FileHash hash{};
  bool operator==(const ManifestEntry&) const = default;
};

struct Manifest {
  std::vector<ManifestEntry> files;  // sorted by name, by bytes

  [[nodiscard]] std::uint64_t bytes() const;
  /// One hash for all names, sizes and contents, as 32 hexadecimal digits.
  [[nodiscard]] std::string hash() const;
};

/// Reads every file below `folder`, hidden ones too, in constant memory. Anything that is neither a folder
/// nor a regular file is an error: no mode has a reason to make it.
[[nodiscard]] Result<Manifest> read_manifest(const std::string& folder);

/// Reads one file into an entry called `name`.
[[nodiscard]] Result<ManifestEntry> read_manifest_entry(const std::string& path, std::string name);

struct Difference {
  enum class Kind : std::uint8_t { missing, extra, differs };
  Kind kind = Kind::differs;
  std::string name;
};
[[nodiscard]] std::string_view name(Difference::Kind kind);

/// The first file, by name, in which `actual` is not `expected`.
[[nodiscard]] std::optional<Difference> first_difference(const Manifest& expected, const Manifest& actual);

}  // namespace labday
