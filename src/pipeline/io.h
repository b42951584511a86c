// The first seam of run_task(): how a task gets at files. Modes and tests put something else in its place: an
// event loop's ring, descriptors that a parent opened, planted faults.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace labday {

class OutputFolder;
struct Origin;

/// One file on its way. It is invisible under its final name until publish() has succeeded; destroyed before
/// that, it leaves nothing behind.
class OutputFile {
 public:
  virtual ~OutputFile() = default;

  [[nodiscard]] virtual Result<void> write(ByteView data) = 0;

  /// Puts the file in place, whole. Without `replace`, ErrorCode::exists where the name is taken.
  [[nodiscard]] virtual Result<void> publish(bool replace) = 0;
};

/// Thread-safe: tasks of several threads share one Io.
class Io {
 public:
  virtual ~Io() = default;

  /// The whole of a regular file. over_limit where it has more than `limit` bytes, empty_file where it has
  /// none.
  [[nodiscard]] virtual Result<Bytes> read(const std::string& path, std::int64_t limit) = 0;

  /// Is there anything under this name in the output folder?
  [[nodiscard]] virtual bool exists(const std::string& name) = 0;

  /// Begins a file for `name`, a relative path; the folders on the way are made where they are missing. An Io
  /// that keeps a journal records there what the file is made from.
  [[nodiscard]] virtual Result<std::unique_ptr<OutputFile>> create(const std::string& name,
                                                                   const Origin& origin) = 0;

  /// Returns once the journal, if one is kept, has everything that was put in place so far. To be called by
  /// whoever made this Io, before it is told to anybody that a job, or a task of it, is done.
  [[nodiscard]] virtual Result<void> settle() { return {}; }

  /// The output folder, where this Io is nothing but the system's calls on files: then a mode may make the
  /// calls of whole_file.h in its own way instead. nullptr otherwise: everything must go through this Io.
  [[nodiscard]] virtual OutputFolder* native_folder() { return nullptr; }
};

}  // namespace labday
