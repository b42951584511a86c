// What there is to know about reading a source whole, and about writing a file that appears under its name
// only when it is whole: which calls, in which order, and what each failure means. How the calls are executed
// is the driver's affair (file_steps.h).
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "pipeline/beneath.h"
#include "pipeline/file_steps.h"
#include "pipeline/hash.h"
#include "pipeline/journal.h"
#include "pipeline/origin.h"

namespace labday {

/// A regular file that is open for reading.
struct OpenSource {
  UniqueFd file;
  std::size_t size = 0;  // when it was opened
};

/// not_a_file for anything but a regular file (a FIFO would wait for ever), over_limit above `limit` bytes.
/// `path` is borrowed, here and below.
[[nodiscard]] FileSteps<Result<OpenSource>> open_source_steps(const std::string& path, std::int64_t limit);

/// The same of a file in the open folder `folder`; with O_NOFOLLOW in `flags` a link is none.
[[nodiscard]] FileSteps<Result<OpenSource>> open_source_steps(int folder, const std::string& path, int flags,
                                                              std::int64_t limit);

/// Reads it at once, and closes it. empty_file for 0 bytes.
[[nodiscard]] FileSteps<Result<Bytes>> read_source_steps(OpenSource source, const std::string& path);

/// Both.
[[nodiscard]] FileSteps<Result<Bytes>> read_file_steps(const std::string& path, std::int64_t limit);

[[nodiscard]] FileSteps<Result<Bytes>> read_file_steps(int folder, const std::string& path, int flags,
                                                       std::int64_t limit);

/// A name below an output folder, as errors show it.
[[nodiscard]] std::string shown_below(const std::string& folder, const std::string& name);

/// The folder that a job writes to. Thread-safe.
class OutputFolder {
 public:
  /// `descriptor` is the open folder; O_PATH is enough. With a journal unless `journalling` is off.
  OutputFolder(std::string path, UniqueFd descriptor, Journalling journalling = Journalling::off);

  [[nodiscard]] int descriptor() const { return descriptor_.get(); }

  [[nodiscard]] std::string shown(const std::string& name) const { return shown_below(path_, name); }

  /// nullptr where none is kept
  [[nodiscard]] Journal* journal() { return journal_.get(); }

  /// As errors show it.
  [[nodiscard]] const std::string& path() const { return path_; }

  /// A new temporary_name(); `journalled`: of a file that the journal, which has begun, will know.
  [[nodiscard]] std::string next_temporary(bool journalled);

 private:
  std::string path_;
  UniqueFd descriptor_;
  std::unique_ptr<Journal> journal_;
  std::atomic<std::uint64_t> next_temporary_{0};
};

/// A file that is not in place yet. Plain data: whoever has one ends it by publish_steps() or
/// discard_steps().
struct PartialFile {
  std::string name;  // below the output folder
  std::string shown;
  UniqueFd folder;                        // that it is in; none: the output folder itself
  std::string temporary;                  // in that folder
  std::string final_name;                 // likewise
  int descriptor = -1;                    // -1 once it is closed
  std::uint64_t size = 0;                 // written so far
  std::vector<std::string> made_folders;  // that were not there before it, outermost first
  Origin origin;                          // for the journal
  std::unique_ptr<StreamingHash> hash;    // of what is written; nullptr where no journal wants it
  std::optional<Hash128> content;         // that hash, where the file was written by another process
};

/// Begins a temporary for `name`; makes the folders on the way where they are missing, and goes through no
/// link. Where it fails, nothing is left. All is borrowed.
[[nodiscard]] FileSteps<Result<PartialFile>> create_steps(OutputFolder& folder, const std::string& name,
                                                          const Origin& origin);

/// Appends all of `data`; both are borrowed.
[[nodiscard]] FileSteps<Result<void>> write_steps(PartialFile& file, ByteView data);

/// Closes the file and renames it to its name. Without `replace`, ErrorCode::exists where the name is taken;
/// but with a journal, a file that is there with exactly these bytes is another run's, and as good. Where it
/// fails the temporary may still be there: discard it.
[[nodiscard]] FileSteps<Result<void>> publish_steps(OutputFolder& folder, PartialFile& file, bool replace);

/// Removes the temporary, and the folders that were made for it unless others have filled them since.
[[nodiscard]] FileSteps<bool> discard_steps(OutputFolder& folder, PartialFile& file);

/// The same at once and whatever happens, for destructors: where memory is short only empty folders stay.
void discard_now(OutputFolder& folder, PartialFile& file) noexcept;

/// Is there anything under this name? Nothing is seen through a link.
[[nodiscard]] FileSteps<bool> exists_steps(OutputFolder& folder, const std::string& name);

/// Makes the folders on the way to `name`, i.e. up to its last slash, below the folder `root`, through links
/// if there are any: for the output folder itself. Those that were not there are appended to `made`,
/// outermost first, also where it fails. `shown` is the error's path.
[[nodiscard]] FileSteps<Result<void>> make_parents_steps(int root, const std::string& name,
                                                         const std::string& shown,
                                                         std::vector<std::string>& made);

}  // namespace labday
