// The folder that rounds write to: one place for all modes, emptied after each round, gone at the end.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "base/unique_fd.h"

namespace labday {

/// $TMPDIR, or /tmp where it is not set.
[[nodiscard]] std::string default_scratch_parent();

/// `ext2/ext3`, `tmpfs`, `overlayfs`…, or the number of an unknown one in hexadecimal.
[[nodiscard]] std::string file_system_name(const std::string& path);

/// Owns a folder `labday-bench-XXXXXX` (mode 0700), and a lock on it; the destructor removes it with all that
/// is in it.
class Scratch {
 public:
  /// Below `parent`, which must exist. no_space where less than `needed_bytes` are free there. What this
  /// user's labdays that were killed have left there goes.
  [[nodiscard]] static Result<Scratch> create(const std::string& parent, std::uint64_t needed_bytes);

  enum class Left : std::uint8_t { nothing, removed, in_use };
  /// Removes the scratch folder of a labday that was killed. `nothing` where there is no such folder, or one
  /// that is not this user's scratch folder by its name and owner, which stays; `in_use` while its labday
  /// lives.
  static Left remove_left_behind(const std::string& folder);

  Scratch(Scratch&& other) noexcept;
  Scratch& operator=(Scratch&& other) noexcept;
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch();

  [[nodiscard]] const std::string& folder() const { return folder_; }

  /// Removes what is in the folder.
  [[nodiscard]] Result<void> empty();

 private:
  Scratch(std::string folder, UniqueFd lock) : folder_(std::move(folder)), lock_(std::move(lock)) {}
  [[nodiscard]] static Result<Scratch> make(const std::string& parent);
  static void remove_all_left_behind(const std::string& parent);
  void remove();

  std::string folder_;  // empty when moved from
  UniqueFd lock_;       // of the folder; the kernel lets it go with this process
};

}  // namespace labday
