// A file without a name, for what does not fit into memory. It is gone with this object, and with the
// process.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "base/unique_fd.h"

namespace labday {

/// $TMPDIR, or /tmp where it is not set: where spill files go unless there is a better place.
[[nodiscard]] std::string spill_folder();

/// Movable. Not thread-safe.
class SpillFile {
 public:
  [[nodiscard]] static Result<SpillFile> create(const std::string& folder);

  [[nodiscard]] Result<void> append(ByteView bytes);
  [[nodiscard]] std::uint64_t size() const { return size_; }

  /// Fills `buffer` from `offset` on; an error where the file ends before.
  [[nodiscard]] Result<void> read(std::uint64_t offset, std::span<std::uint8_t> buffer) const;

  [[nodiscard]] int descriptor() const { return file_.get(); }

 private:
  SpillFile(std::string folder, UniqueFd file) : folder_(std::move(folder)), file_(std::move(file)) {}

  std::string folder_;  // as errors show it
  UniqueFd file_;
  std::uint64_t size_ = 0;
};

/// The bytes of a file, mapped for reading; empty where it is empty. Movable.
class FileMapping {
 public:
  FileMapping() = default;
  [[nodiscard]] static Result<FileMapping> map(int descriptor, const std::string& shown);
  FileMapping(FileMapping&& other) noexcept;
  FileMapping& operator=(FileMapping&& other) noexcept;
  ~FileMapping();

  [[nodiscard]] ByteView bytes() const { return {static_cast<const std::uint8_t*>(begin_), size_}; }

  /// Gives the memory of the pages read so far back; they are read from the file again where they are needed.
  void forget() const;

 private:
  void* begin_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace labday
