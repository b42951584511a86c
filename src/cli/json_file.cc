#include "cli/json_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>

#include "base/unique_fd.h"

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
  const auto failed = [&](int error_number) {
    return fail(system_error(Stage::write, error_number, path, "cannot write"));
  };
  const std::optional<std::string> target = resolved(path);
  if (!target) return failed(ENOENT);
  const mode_t mode = mode_for(*target);
  std::string temporary = folder_of(*target) + ".labday-json-XXXXXX";
  const UniqueFd fd(::mkstemp(temporary.data()));
  if (!fd) return failed(errno);
  // Round by round is often enough for a crash of labday; a crash of the machine may cost the last rounds.
  const bool written = write_all(fd.get(), text) && ::fchmod(fd.get(), mode) == 0 &&
                       ::rename(temporary.c_str(), target->c_str()) == 0;
  if (written) return {};
  const int error_number = errno;
  ::unlink(temporary.c_str());
  return failed(error_number);
}

}  // namespace labday
