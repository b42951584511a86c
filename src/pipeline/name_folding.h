// Names that differ for us and are one for the file system: some fold case.
#pragma once

#include <cstdint>
#include <string>

namespace labday {

enum class NameFolding : std::uint8_t {
  exact,  // names are bytes
  cases   // `A.png` and `a.png` are one file
};

/// How the file system names files in `folder`, or in its nearest parent that exists: told from its kind
/// (FAT, exFAT, NTFS, SMB, HFS+), from the folder's attribute (chattr +F of ext4, f2fs and tmpfs), and from
/// whether the folder answers to its own name in another case. Nothing is written for it.
[[nodiscard]] NameFolding folding_of(const std::string& folder);

/// Names are one file where these are equal. Letters fold as Unicode's simple lower case, for names that are
/// UTF-8, and as ASCII's otherwise. What a file system finds equal beyond (ß and ss, é in one and in two code
/// points) is not: there --on-exists decides.
[[nodiscard]] std::string folded_name(const std::string& name, NameFolding folding);

}  // namespace labday
