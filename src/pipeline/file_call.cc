#include "pipeline/file_call.h"

#include <stdio.h>
#include <unistd.h>

#include <cerrno>

namespace labday {
namespace {

FileAnswer call_once(const FileCall& call) {
  switch (call.kind) {
    case FileCall::Kind::open:
      return ::openat(call.descriptor, call.path, call.flags, 0666);
    case FileCall::Kind::status:
      return ::statx(call.descriptor, call.path, call.flags, kStatusMask, call.status);
    case FileCall::Kind::read:
      return ::pread(call.descriptor, call.buffer, call.size, static_cast<off_t>(call.offset));
    case FileCall::Kind::write:
      return ::pwrite(call.descriptor, call.buffer, call.size, static_cast<off_t>(call.offset));
    case FileCall::Kind::close:
      return ::close(call.descriptor);
    case FileCall::Kind::make_folder:
      return ::mkdirat(call.descriptor, call.path, 0777);
    case FileCall::Kind::rename:
      return ::renameat2(call.descriptor, call.path, call.descriptor, call.new_path,
                         static_cast<unsigned>(call.flags));
    case FileCall::Kind::link:
      return ::linkat(call.descriptor, call.path, call.descriptor, call.new_path, 0);
    case FileCall::Kind::remove:
      return ::unlinkat(call.descriptor, call.path, call.flags);
    case FileCall::Kind::sync:
      return ::fsync(call.descriptor);
  }
  return -EINVAL;
}

}  // namespace

FileAnswer execute(const FileCall& call) {
  for (;;) {
    const FileAnswer answer = call_once(call);
    if (answer >= 0) return answer;
    // Linux has closed the descriptor even so; another thread may have its number by now.
    if (errno == EINTR && call.kind != FileCall::Kind::close) continue;
    return errno == EINTR ? 0 : -errno;
  }
}

}  // namespace labday
