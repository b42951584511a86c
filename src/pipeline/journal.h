// What this process puts in place, written down as it happens, so that another run can go on from there: in
// OUTPUT/.labday/journal-N, one file for each process that writes at the same time. A file whose process has
// ended is taken over and appended to; a lock (flock) says whose it is, and goes with the process.
//
// For each rendition: an intent, before the file gets its name, and a done record after it. Whatever the
// process dies of, a file under its final name has an intent, and what a done record says is so.
// docs/reliability.md.
//
// With Journalling::durable the order holds for what is on the disk, too: the file's content and the intent
// are on it before the file gets its name, and the name is on it before a record says done. Records of done
// are collected, so that one fsync of a folder serves many.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "pipeline/file_steps.h"
#include "pipeline/job.h"
#include "pipeline/journal_record.h"

namespace labday {

inline constexpr std::string_view kJournalFolder = ".labday";
inline constexpr std::string_view kJournalPrefix = "journal-";

/// Thread-safe. May be inherited by a fork of a process of one thread: the child gets a file of its own.
class Journal {
 public:
  /// `output_folder` exists. Nothing is written before the first record.
  Journal(std::string output_folder, int folder_descriptor, Journalling journalling)
      : path_(std::move(output_folder)), folder_(folder_descriptor), journalling_(journalling) {}

  /// Takes a file and its lock where this process has none yet, blocking. To be called before anything is
  /// made that others may take for what a dead process left.
  [[nodiscard]] Result<void> begin();

  /// Who this process is to other runs, once it has begun.
  [[nodiscard]] WriterId writer() const;

  /// To be awaited before the file of `intent` gets its name; it borrows `intent`.
  [[nodiscard]] FileSteps<Result<void>> intent_steps(const IntentRecord& intent);

  /// To be awaited once it has its name.
  [[nodiscard]] FileSteps<Result<void>> done_steps(const IntentRecord& intent);

  /// To be awaited where it did not get it.
  [[nodiscard]] FileSteps<Result<void>> withdraw_steps(const IntentRecord& intent);

  /// Writes the records of done that were only collected so far, and makes them durable. Where anything could
  /// not be made durable, this and all that follows is an error: the system may have dropped what it could
  /// not write, and would call the next attempt a success.
  [[nodiscard]] FileSteps<Result<void>> settle_steps();

  /// Appends a record of another kind at once, blocking.
  [[nodiscard]] Result<void> append(const JournalRecord& record);

  [[nodiscard]] bool durable() const { return journalling_ == Journalling::durable; }

 private:
  [[nodiscard]] Result<int> descriptor();
  [[nodiscard]] Result<UniqueFd> take_a_file(const WriterId& writer) const;
  [[nodiscard]] Result<UniqueFd> open_folder() const;
  [[nodiscard]] FileSteps<Result<void>> append_steps(const Bytes& bytes);
  [[nodiscard]] FileSteps<Result<void>> sync_steps(std::uint64_t appended);
  [[nodiscard]] FileSteps<Result<void>> sync_folders_steps(const std::vector<std::string>& names);
  [[nodiscard]] Error failed(int error_number, std::string_view action) const;

  const std::string path_;
  const int folder_;
  const Journalling journalling_;
  mutable std::mutex mutex_;  // for all that follows
  UniqueFd file_;
  WriterId writer_;  // the process that took file_
  std::uint64_t appended_ = 0;
  std::uint64_t synced_ = 0;
  std::vector<std::string> collected_names_;
  Bytes collected_;
  std::set<std::string> synced_ancestors_;  // folders whose names are on the disk
  std::optional<Error> failure_;            // to make something durable
};

}  // namespace labday
