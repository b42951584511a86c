// Io over the ordinary system calls: whole-file reads, and output files that appear under their name only
// when they are whole.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "pipeline/io.h"
#include "pipeline/whole_file.h"

namespace labday {

/// read_file_steps() by blocking calls.
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
  [[nodiscard]] OutputFolder* native_folder() override { return &folder_; }

 private:
  PosixIo(std::string folder, UniqueFd descriptor) : folder_(std::move(folder), std::move(descriptor)) {}

  OutputFolder folder_;
};

}  // namespace labday
