// What can go wrong with one file, said so that a person can act on it: which file, in which stage, what
// happened, and what would help. Errors are values; nothing in labday throws across a layer.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace labday {

/// The stages of a task, in order; `plan` is everything before the first task starts.
enum class Stage : std::uint8_t { plan, read, decode, resize, encode, write };
inline constexpr int kStageCount = 6;

/// The closed list of reasons. Each has a remedy (see remedy()); tests walk the list.
enum class ErrorCode : std::uint8_t {
  not_found,          // the path does not exist (any more)
  permission_denied,  // it exists, but may not be read or written
  not_a_file,         // a folder, socket or device where a file was wanted
  empty_file,         // 0 bytes
  unknown_format,     // the content is neither JPEG nor PNG
  truncated,          // the data ends early
  corrupt,            // the data contradicts itself
  unsupported,        // valid, but a variant that labday does not decode
  over_limit,         // larger than a limit allows
  exists,             // the target is there already
  linked_folder,      // a link where a folder of the output was wanted
  collision,          // two renditions would be written to one path
  no_space,           // the disk or quota is full
  out_of_memory,      // an allocation was refused
  too_many_files,     // no more may be open at the same time
  io,                 // any other failure of the system
  cancelled,          // the job was stopped before this was done
  worker_died,        // the process that had the task ended before it was done, twice
  timed_out,          // it took longer than --task-timeout
  quarantined,        // an earlier run recorded that it ends its workers
  usage,              // a value on the command line makes no sense
  internal,           // a defect of labday
};
inline constexpr int kErrorCodeCount = 22;

[[nodiscard]] std::string_view name(Stage stage);
[[nodiscard]] std::string_view name(ErrorCode code);

/// One sentence in the imperative that says what the user can do about errors of this kind.
[[nodiscard]] std::string_view remedy(ErrorCode code);

struct Error {
  Stage stage = Stage::plan;
  ErrorCode code = ErrorCode::internal;
  std::string path;    // the file concerned, as bytes; may be empty, may be no UTF-8
  std::string detail;  // what happened, without the path and without a full stop
  /// What to do here, where the remedy of the code does not fit; a literal, not sent between processes.
  std::string_view own_remedy{};
};

/// `PATH: STAGE: DETAIL. REMEDY` on one line; bytes of the path that are no printable UTF-8 are escaped.
[[nodiscard]] std::string to_line(const Error& error);

/// The error for a failed system call: the code follows from errno, the detail is `ACTION: strerror`.
[[nodiscard]] Error system_error(Stage stage, int error_number, std::string path, std::string_view action);

}  // namespace labday
