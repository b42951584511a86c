#include "report/text_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>

#include "base/unique_fd.h"
#include "pipeline/temporaries.h"

namespace labday {
namespace {

/// Where the links of `path` lead; itself where there is nothing yet, none for a link that leads nowhere.
std::optional<std::string> resolved(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr), &std::free);
  if (real) return std::string(real.get());
  struct stat status {};
  if (errno == ENOENT && ::lstat(path.c_str(), &status) != 0) return path;
  return std::nullopt;
}

/// With its slash at the end; empty for the current one.
std::string folder_of(const std::string& path) { return path.substr(0, path.rfind('/') + 1); }

mode_t mode_for(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0) return status.st_mode & 07777U;
  const mode_t mask = ::umask(0);  // there is no other way to learn it; there are no threads here
  ::umask(mask);
  return 0666U & ~mask;
}

bool write_all(int fd, const std::string& text) {
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t n = ::write(fd, text.data() + done, text.size() - done);
    if (n < 0 && errno != EINTR) return false;
    if (n > 0) done += static_cast<std::size_t>(n);
  }
  return true;
}

/// What earlier runs left there when they were killed.
void sweep_once(const std::string& folder) {
  thread_local std::optional<std::string> swept;
  if (swept == folder) return;
  swept = folder;
  sweep_temporaries(folder.empty() ? "." : folder, {}, {}, {});
}

/// A temporary that holds the text; gone with this, unless it was given its name.
class Temporary {
 public:
  Temporary(const std::string& folder, const std::string& text, mode_t mode) {
    static std::atomic<std::uint64_t> number = 0;
    sweep_once(folder);
    path_ = folder + temporary_name(this_writer(), ++number);
    const UniqueFd fd(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    made_ = fd.get() >= 0;
    // Synced, so that after a power cut it is the old file or the new one, and neither is empty.
    if (!made_ || !write_all(fd.get(), text) || ::fchmod(fd.get(), mode) != 0 || ::fsync(fd.get()) != 0) {
      error_ = errno;
    }
  }
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;
  ~Temporary() {
    if (made_) ::unlink(path_.c_str());
  }

  /// 0, or the errno of what went wrong, here or before.
  int rename(const std::string& path, unsigned flags) {
    if (error_ == 0 && ::renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, path.c_str(), flags) == 0) {
      made_ = false;
      return 0;
    }
    if (error_ == 0) error_ = errno;
    // The file system knows no RENAME_NOREPLACE: a link does not replace either.
    if (error_ == EINVAL && flags != 0) error_ = ::link(path_.c_str(), path.c_str()) == 0 ? 0 : errno;
    return error_;
  }

 private:
  std::string path_;
  bool made_ = false;
  int error_ = 0;
};

Error cannot_write(int error_number, const std::string& path) {
  return system_error(Stage::write, error_number, path, "cannot write");
}

}  // namespace

bool replaceable(const std::string& path) {
  const std::optional<std::string> target = resolved(path);
  if (!target) return false;
  const std::string folder = folder_of(*target);
  if (::access(folder.empty() ? "." : folder.c_str(), W_OK | X_OK) != 0) return false;
  struct stat status {};
  if (::stat(target->c_str(), &status) != 0) return errno == ENOENT;
  return S_ISREG(status.st_mode) && status.st_nlink == 1 && status.st_uid == ::geteuid() &&
         ::access(target->c_str(), W_OK) == 0;
}

Result<void> replace_file(const std::string& path, const std::string& text) {
  const std::optional<std::string> target = resolved(path);
  if (!target) return fail(cannot_write(ENOENT, path));
  Temporary temporary(folder_of(*target), text, mode_for(*target));
  const int error = temporary.rename(*target, 0);
  return error == 0 ? Result<void>() : fail(cannot_write(error, path));
}

Result<void> create_file(const std::string& path, const std::string& text) {
  Temporary temporary(folder_of(path), text, mode_for(path));
  const int error = temporary.rename(path, RENAME_NOREPLACE);
  return error == 0 ? Result<void>() : fail(cannot_write(error, path));
}

}  // namespace labday
