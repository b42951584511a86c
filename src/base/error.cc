#include "base/error.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "base/text.h"

namespace labday {
namespace {

struct CodeText {
  std::string_view name;
  std::string_view remedy;
};

// In the order of ErrorCode.
constexpr std::array<CodeText, kErrorCodeCount> kCodes{{
    {"not_found", "Check the path"},
    {"permission_denied", "Change the permissions, or run as a user who has them"},
    {"not_a_file", "Name a regular file, or a folder to walk"},
    {"empty_file", "Get the file again from its origin"},
    {"unknown_format", "Give JPEG or PNG files"},
    {"truncated", "Get the file again: its end is missing"},
    {"corrupt", "Get the file again, or save it anew with the program that made it"},
    {"unsupported", "Convert it to an 8-bit JPEG or a PNG first"},
    {"over_limit", "Raise the limit if you trust the file"},
    {"exists", "Use --on-exists skip or replace, or another output folder"},
    {"linked_folder", "Put a folder in place of the link, or name as -o the folder that it leads to"},
    {"collision", "Use a --name that tells them apart: {source} keeps the extension, {dir} the folder"},
    {"no_space", "Free some space, then run again with --on-exists skip, or with --resume as before"},
    {"out_of_memory", "Use fewer workers, or smaller renditions"},
    {"too_many_files", "Raise the limit on open files (ulimit -n), or use fewer workers"},
    {"io", "Check the disk and the file system"},
    {"cancelled", "Run again with --on-exists skip to do the rest"},
    {"worker_died", "Run again with fewer workers; if this file ends a worker each time, please report it"},
    {"timed_out", "Raise --task-timeout, or leave the file out"},
    {"quarantined", "Use --retry-failed to try it once more"},
    {"usage", "See labday --help"},
    {"internal", "This is a defect in labday: please report it"},
}};

constexpr std::array<std::string_view, kStageCount> kStages{"plan",   "read",   "decode",
                                                            "resize", "encode", "write"};

ErrorCode code_of(int error_number) {
  switch (error_number) {
    case ENOENT:
    case ENOTDIR:
      return ErrorCode::not_found;
    case EACCES:
    case EPERM:
    case EROFS:
      return ErrorCode::permission_denied;
    case EISDIR:
      return ErrorCode::not_a_file;
    case EEXIST:
      return ErrorCode::exists;
    case ENOSPC:
    case EDQUOT:
      return ErrorCode::no_space;
    case EMFILE:
    case ENFILE:
      return ErrorCode::too_many_files;
    case ENOMEM:
      return ErrorCode::out_of_memory;
    default:
      return ErrorCode::io;
  }
}

}  // namespace

std::string_view name(Stage stage) { return kStages.at(static_cast<std::size_t>(stage)); }
std::string_view name(ErrorCode code) { return kCodes.at(static_cast<std::size_t>(code)).name; }
std::string_view remedy(ErrorCode code) { return kCodes.at(static_cast<std::size_t>(code)).remedy; }

std::string to_line(const Error& error) {
  std::string line;
  if (!error.path.empty()) line = printable(error.path) + ": ";
  line += fmt::format("{}: {}. {}.", name(error.stage), printable(error.detail),
                      error.own_remedy.empty() ? remedy(error.code) : error.own_remedy);
  return line;
}

Error system_error(Stage stage, int error_number, std::string path, std::string_view action) {
  const bool unread = error_number == EPIPE;
  return Error{stage, code_of(error_number), std::move(path),
               fmt::format("{}: {}", action, std::strerror(error_number)),
               unread ? "Let the program that reads it go on until the end" : std::string_view()};
}

}  // namespace labday
