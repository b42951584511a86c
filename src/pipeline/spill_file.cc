#include "pipeline/spill_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <utility>

#include "pipeline/temporaries.h"

namespace labday {

std::string spill_folder() {
  const char* const folder = std::getenv("TMPDIR");
  return folder != nullptr && *folder != '\0' ? folder : "/tmp";
}

Result<SpillFile> SpillFile::create(const std::string& folder) {
  UniqueFd file(::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (!file && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL)) {
    // The file system knows no files without a name.
    const std::string name = folder + "/" + temporary_name(this_writer(), 0) + "-spill";
    file = UniqueFd(::open(name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (file) ::unlink(name.c_str());
  }
  if (!file)
    return fail(system_error(Stage::plan, errno, folder, "cannot make a file for what memory does not hold"));
  return SpillFile(folder, std::move(file));
}

Result<void> SpillFile::append(ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t wrote = ::pwrite(file_.get(), bytes.data(), bytes.size(), static_cast<off_t>(size_));
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) {
      return fail(system_error(Stage::plan, wrote < 0 ? errno : EIO, folder_,
                               "cannot write what memory does not hold"));
    }
    size_ += static_cast<std::uint64_t>(wrote);
    bytes = bytes.subspan(static_cast<std::size_t>(wrote));
  }
  return {};
}

Result<void> SpillFile::read(std::uint64_t offset, std::span<std::uint8_t> buffer) const {
  while (!buffer.empty()) {
    const ssize_t got = ::pread(file_.get(), buffer.data(), buffer.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      return fail(
          system_error(Stage::plan, got < 0 ? errno : EIO, folder_, "cannot read what was put aside"));
    }
    offset += static_cast<std::uint64_t>(got);
    buffer = buffer.subspan(static_cast<std::size_t>(got));
  }
  return {};
}

Result<FileMapping> FileMapping::map(int descriptor, const std::string& shown) {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) {
    return fail(system_error(Stage::plan, errno, shown, "cannot look at it"));
  }
  FileMapping mapping;
  mapping.size_ = static_cast<std::size_t>(status.st_size);
  if (mapping.size_ == 0) return mapping;
  void* const begin = ::mmap(nullptr, mapping.size_, PROT_READ, MAP_SHARED, descriptor, 0);
  if (begin == MAP_FAILED) {
    mapping.size_ = 0;
    return fail(system_error(Stage::plan, errno, shown, "cannot map it"));
  }
  mapping.begin_ = begin;
  return mapping;
}

FileMapping::FileMapping(FileMapping&& other) noexcept
    : begin_(std::exchange(other.begin_, nullptr)), size_(std::exchange(other.size_, 0)) {}

FileMapping& FileMapping::operator=(FileMapping&& other) noexcept {
  std::swap(begin_, other.begin_);
  std::swap(size_, other.size_);
  return *this;
}

FileMapping::~FileMapping() {
  if (begin_ != nullptr) ::munmap(begin_, size_);
}

void FileMapping::forget() const {
  if (begin_ != nullptr) ::madvise(begin_, size_, MADV_DONTNEED);
}

}  // namespace labday
