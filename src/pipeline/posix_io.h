// Io over the ordinary system calls: whole-file reads, and output files that appear under their name only
// when they are whole.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "base/unique_fd.h"
#include "pipeline/io.h"

namespace labday {

/// Reads a regular file at once. not_a_file for anything else (a FIFO would wait for ever), over_limit above
/// `limit` bytes, empty_file for 0 bytes.
[[nodiscard]] Result<Bytes> read_whole_file(const std::string& path, std::int64_t limit);

/// Removes the temporaries that process `pid` left in `folder`, which it may do as long as no other process
/// can have that number.
void remove_temporaries(const std::string& folder, int pid);

/// Writes temporaries `.labday-tmp-PID-NUMBER` beside their final names and renames them, mode 0666 less the
/// umask.
class PosixIo final : public Io {
 public:
  /// Makes the output folder, and its parents, where it is missing. An error where that fails, where
  /// something else has its name, or where nothing may be written in it.
  [[nodiscard]] static Result<std::unique_ptr<PosixIo>> open(const std::string& output_folder);

  [[nodiscard]] Result<Bytes> read(const std::string& path, std::int64_t limit) override;
  [[nodiscard]] bool exists(const std::string& name) override;
  [[nodiscard]] Result<std::unique_ptr<OutputFile>> create(const std::string& name) override;

 private:
  PosixIo(std::string folder, UniqueFd descriptor)
      : folder_(std::move(folder)), descriptor_(std::move(descriptor)) {}

  std::string folder_;
  UniqueFd descriptor_;
  std::atomic<std::uint64_t> next_temporary_{0};
};

}  // namespace labday
