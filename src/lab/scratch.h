// The folder that rounds write to: one place for all modes, emptied after each round, gone at the end.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"

namespace labday {

/// $TMPDIR, or /tmp where it is not set.
[[nodiscard]] std::string default_scratch_parent();

/// `ext2/ext3`, `tmpfs`, `overlayfs`…, or the number of an unknown one in hexadecimal.
[[nodiscard]] std::string file_system_name(const std::string& path);

/// Owns a folder `labday-bench-XXXXXX` (mode 0700); the destructor removes it with all that is in it.
class Scratch {
 public:
  /// Below `parent`, which must exist. no_space where less than `needed_bytes` are free there.
  [[nodiscard]] static Result<Scratch> create(const std::string& parent, std::uint64_t needed_bytes);

  Scratch(Scratch&& other) noexcept;
  Scratch& operator=(Scratch&& other) noexcept;
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch();

  [[nodiscard]] const std::string& folder() const { return folder_; }

  /// Removes what is in the folder.
  [[nodiscard]] Result<void> empty();

 private:
  explicit Scratch(std::string folder) : folder_(std::move(folder)) {}
  void remove();

  std::string folder_;  // empty when moved from
};

}  // namespace labday
