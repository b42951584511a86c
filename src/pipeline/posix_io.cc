#include "pipeline/posix_io.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <stdio.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <utility>
#include <vector>

namespace labday {
namespace {

constexpr int kMaxAttempts = 100;

std::string temporaries_of(int pid) { return fmt::format(".labday-tmp-{}-", pid); }

/// Makes the folders on the way to `name` below `root`; returns those that were not there, outermost first.
Result<std::vector<std::string>> make_parents(int root, const std::string& name, const std::string& shown) {
  std::vector<std::string> made;
  for (auto slash = name.find('/'); slash != std::string::npos; slash = name.find('/', slash + 1)) {
    if (slash == 0) continue;
    std::string folder = name.substr(0, slash);
    if (mkdirat(root, folder.c_str(), 0777) == 0) {
      made.push_back(std::move(folder));
    } else if (errno != EEXIST) {
      return fail(system_error(Stage::write, errno, shown, "cannot make its folder"));
    }
  }
  return made;
}

/// Takes back what make_parents() made; folders that others have filled since refuse to go.
void remove_folders(int root, const std::vector<std::string>& made) {
  for (auto folder = made.rbegin(); folder != made.rend(); ++folder) {
    if (unlinkat(root, folder->c_str(), AT_REMOVEDIR) != 0) return;
  }
}

class PosixOutputFile final : public OutputFile {
 public:
  PosixOutputFile(int root, std::string name, std::string temporary, std::string shown, UniqueFd file,
                  std::vector<std::string> made_folders)
      : root_(root),
        name_(std::move(name)),
        temporary_(std::move(temporary)),
        shown_(std::move(shown)),
        file_(std::move(file)),
        made_folders_(std::move(made_folders)) {}

  ~PosixOutputFile() override {
    if (published_) return;
    file_.reset();
    unlinkat(root_, temporary_.c_str(), 0);
    remove_folders(root_, made_folders_);
  }

  Result<void> write(ByteView data) override {
    while (!data.empty()) {
      const ssize_t n = ::write(file_.get(), data.data(), data.size());
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return fail(system_error(Stage::write, errno, shown_, "cannot write"));
      data = data.subspan(static_cast<std::size_t>(n));
    }
    return {};
  }

  Result<void> publish(bool replace) override {
    // Network file systems report a full disk as late as here.
    if (::close(file_.release()) != 0)
      return fail(system_error(Stage::write, errno, shown_, "cannot finish writing"));
    int failed = renameat2(root_, temporary_.c_str(), root_, name_.c_str(), replace ? 0 : RENAME_NOREPLACE);
    if (failed != 0 && errno == EINVAL && !replace) {
      // The file system knows no RENAME_NOREPLACE: a link does not replace either.
      failed = linkat(root_, temporary_.c_str(), root_, name_.c_str(), 0);
      if (failed == 0) unlinkat(root_, temporary_.c_str(), 0);
    }
    if (failed != 0) return fail(system_error(Stage::write, errno, shown_, "cannot put it in place"));
    published_ = true;
    return {};
  }

 private:
  int root_;
  std::string name_;
  std::string temporary_;
  std::string shown_;
  UniqueFd file_;
  std::vector<std::string> made_folders_;
  bool published_ = false;
};

}  // namespace

Result<Bytes> read_whole_file(const std::string& path, std::int64_t limit) {
  const auto failed = [&](std::string_view action) {
    return fail(system_error(Stage::read, errno, path, action));
  };
  // O_NONBLOCK: opening a FIFO must not wait for its writer. It means nothing to regular files.
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!file) return failed("cannot open");
  struct stat status {};
  if (fstat(file.get(), &status) != 0) return failed("cannot look at it");
  if (!S_ISREG(status.st_mode)) {
    return fail(Stage::read, ErrorCode::not_a_file, path,
                S_ISDIR(status.st_mode) ? "it is a folder" : "it is no regular file");
  }
  if (status.st_size > limit) {
    return fail(Stage::read, ErrorCode::over_limit, path,
                fmt::format("it has {} bytes, the limit (--max-file-bytes) is {}", status.st_size, limit));
  }
  // One byte more than expected: the read that returns less than asked has seen the end, and one that fills
  // it has found a file that is growing.
  Bytes content(static_cast<std::size_t>(status.st_size) + 1);
  std::size_t filled = 0;
  while (filled < content.size()) {
    const ssize_t n = ::read(file.get(), content.data() + filled, content.size() - filled);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return failed("cannot read");
    if (n == 0) break;
    filled += static_cast<std::size_t>(n);
  }
  if (filled == content.size()) {
    return fail(Stage::read, ErrorCode::io, path, "it grew while it was read");
  }
  if (filled == 0) return fail(Stage::read, ErrorCode::empty_file, path, "it is empty");
  content.resize(filled);
  return content;
}

void remove_temporaries(const std::string& folder, int pid) {
  DIR* const handle = ::opendir(folder.c_str());
  if (handle == nullptr) return;
  const std::string prefix = temporaries_of(pid);
  while (const dirent* entry = ::readdir(handle)) {
    if (std::string_view(entry->d_name).starts_with(prefix)) ::unlinkat(::dirfd(handle), entry->d_name, 0);
  }
  ::closedir(handle);
}

Result<std::unique_ptr<PosixIo>> PosixIo::open(const std::string& output_folder) {
  const auto failed = [&](std::string_view action) {
    return fail(system_error(Stage::plan, errno, output_folder, action));
  };
  if (auto made = make_parents(AT_FDCWD, output_folder + "/", output_folder); !made) {
    made.error().stage = Stage::plan;
    made.error().detail =
        "cannot make the output folder" + made.error().detail.substr(made.error().detail.find(':'));
    return fail(std::move(made.error()));
  }
  UniqueFd descriptor(::open(output_folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!descriptor) return failed("cannot open the output folder");
  if (faccessat(AT_FDCWD, output_folder.c_str(), W_OK | X_OK, AT_EACCESS) != 0) {
    return failed("cannot write in the output folder");
  }
  return std::unique_ptr<PosixIo>(new PosixIo(output_folder, std::move(descriptor)));
}

Result<Bytes> PosixIo::read(const std::string& path, std::int64_t limit) {
  return read_whole_file(path, limit);
}

bool PosixIo::exists(const std::string& name) {
  struct stat status {};
  return fstatat(descriptor_.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0;
}

Result<std::unique_ptr<OutputFile>> PosixIo::create(const std::string& name) {
  const std::string shown = folder_ + (folder_.ends_with('/') ? "" : "/") + name;
  const std::string folder = name.substr(0, name.rfind('/') + 1);
  // Between our making a folder and our using it, another task that made it too may remove it (ENOENT); and a
  // process of the same number, long dead or on another host, may have left a temporary (EEXIST).
  for (int attempt = 0;; ++attempt) {
    const std::string temporary =
        folder + temporaries_of(::getpid()) + std::to_string(next_temporary_.fetch_add(1));
    auto made = make_parents(descriptor_.get(), name, shown);
    if (!made) return fail(std::move(made.error()));
    UniqueFd file(
        openat(descriptor_.get(), temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
    if (!file && (errno == ENOENT || errno == EEXIST) && attempt < kMaxAttempts) continue;
    if (!file) {
      const int error_number = errno;
      remove_folders(descriptor_.get(), *made);
      return fail(system_error(Stage::write, error_number, shown, "cannot create"));
    }
    return std::make_unique<PosixOutputFile>(descriptor_.get(), name, temporary, shown, std::move(file),
                                             std::move(*made));
  }
}

}  // namespace labday
