// One operation on files, as data: what is asked of the system, apart from how it is asked. The steps of
// reading a source or writing a rendition (file_steps.h) ask by such calls, and whoever drives the steps
// executes them as it can: PosixIo by system calls, an event loop through its ring, a test with faults.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>

#include <cstddef>
#include <cstdint>

namespace labday {

/// The pointers are borrowed; they must stay until the call has been answered.
struct FileCall {
  enum class Kind : std::uint8_t {
    open,
    status,
    read,
    write,
    close,
    make_folder,
    rename,
    link,
    remove,
    sync
  };

  Kind kind = Kind::open;
  int descriptor = -1;             // the open file; or the folder that `path` starts from
  const char* path = nullptr;      // open, status, make_folder, rename, link, remove
  const char* new_path = nullptr;  // rename, link: below the same folder
  int flags = 0;                   // of open, statx, renameat2, unlinkat
  void* buffer = nullptr;          // read: filled; write: only looked at
  std::size_t size = 0;            // of the buffer
  std::uint64_t offset = 0;        // read, write
  struct statx* status = nullptr;  // status: filled with what kStatusMask says
};

/// What status asks for.
inline constexpr unsigned kStatusMask = STATX_TYPE | STATX_SIZE | STATX_MTIME;

/// The most that one read or write asks for; the kernel does no more at once either.
inline constexpr std::size_t kMaxTransfer = std::size_t{1} << 30;

/// The answer to a call: as the system call returns it, or the negative errno.
using FileAnswer = std::int64_t;

/// Executes a call at once, blocking. A call that a signal interrupts is repeated.
[[nodiscard]] FileAnswer execute(const FileCall& call);

}  // namespace labday
