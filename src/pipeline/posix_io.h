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

/// Writes temporaries (temporaries.h) beside their final names and renames them, mode 0666 less the
/// umask.
class PosixIo final : public Io {
 public:
  /// Makes the output folder, and its parents, where it is missing. An error where that fails, where
  /// something else has its name, or where nothing may be written in it. With a journal if that is wanted.
  [[nodiscard]] static Result<std::unique_ptr<PosixIo>> open(const std::string& output_folder,
                                                             Journalling journalling = Journalling::off);

  [[nodiscard]] Result<Bytes> read(const std::string& path, std::int64_t limit) override;
  [[nodiscard]] bool exists(const std::string& name) override;
  [[nodiscard]] Result<std::unique_ptr<OutputFile>> create(const std::string& name,
                                                           const Origin& origin) override;
  [[nodiscard]] Result<void> settle() override;
  [[nodiscard]] OutputFolder* native_folder() override { return &folder_; }

 private:
  PosixIo(std::string folder, UniqueFd descriptor, Journalling journalling)
      : folder_(std::move(folder), std::move(descriptor), journalling) {}

  OutputFolder folder_;
};

}  // namespace labday
