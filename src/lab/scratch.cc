#include "lab/scratch.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/magic.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "base/text.h"
#include "pipeline/plan.h"

namespace labday {
namespace {
namespace fs = std::filesystem;

struct FileSystem {
  std::uint32_t magic;
  std::string_view name;
};

// Numbers from linux/magic.h and statfs(2); those that the header lacks are written out.
constexpr std::array kFileSystems{
    FileSystem{EXT4_SUPER_MAGIC, "ext2/3/4"},
    FileSystem{TMPFS_MAGIC, "tmpfs"},
    FileSystem{OVERLAYFS_SUPER_MAGIC, "overlayfs"},
    FileSystem{XFS_SUPER_MAGIC, "xfs"},
    FileSystem{BTRFS_SUPER_MAGIC, "btrfs"},
    FileSystem{F2FS_SUPER_MAGIC, "f2fs"},
    FileSystem{0x2FC12FC1, "zfs"},
    FileSystem{0xCA451A4E, "bcachefs"},
    FileSystem{NFS_SUPER_MAGIC, "nfs"},
    FileSystem{SMB_SUPER_MAGIC, "smb"},
    FileSystem{0xFF534D42, "cifs"},
    FileSystem{0xFE534D42, "smb2"},
    FileSystem{V9FS_MAGIC, "9p"},
    FileSystem{FUSE_SUPER_MAGIC, "fuse"},
    FileSystem{RAMFS_MAGIC, "ramfs"},
    FileSystem{MSDOS_SUPER_MAGIC, "vfat"},
    FileSystem{0x2011BAB0, "exfat"},
    FileSystem{ECRYPTFS_SUPER_MAGIC, "ecryptfs"},
    FileSystem{0x0BD00BD0, "lustre"},
};

constexpr std::string_view kPrefix = "labday-bench-";

/// Holds the folder as long as it is open; none, and why in errno, where another process does.
UniqueFd locked(const std::string& folder) {
  UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (fd && ::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    const int reason = errno;
    fd.reset();
    errno = reason;
  }
  return fd;
}

/// Is that folder still what has this path?
bool is_at(int folder_fd, const std::string& path) {
  struct stat open {};
  struct stat there {};
  return ::fstat(folder_fd, &open) == 0 && ::lstat(path.c_str(), &there) == 0 &&
         open.st_dev == there.st_dev && open.st_ino == there.st_ino;
}

/// Is a folder that nobody has locked nobody's? Not where another machine may be at work in it.
bool locks_tell_of_all(const std::string& parent) {
  static constexpr std::array<std::string_view, 10> kOfOneMachine{
      "ext2/3/4", "tmpfs", "overlayfs", "xfs", "btrfs", "f2fs", "zfs", "bcachefs", "ramfs", "ecryptfs"};
  const std::string name = file_system_name(parent);
  return std::find(kOfOneMachine.begin(), kOfOneMachine.end(), name) != kOfOneMachine.end();
}

/// Removes what is in `folder`. Workers of a round that was killed may still be dying and make a file
/// meanwhile, so it is tried more than once.
std::error_code remove_contents(const std::string& folder) {
  constexpr int kTries = 5;
  std::error_code error;
  for (int i = 0; i < kTries; ++i) {
    if (i > 0) ::usleep(20'000);
    error.clear();
    bool empty = true;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
      empty = false;
      std::error_code failed;
      fs::remove_all(entry.path(), failed);
      if (failed) error = failed;
    }
    if (empty && !error) return {};
  }
  return error ? error : std::make_error_code(std::errc::directory_not_empty);
}

}  // namespace

std::string default_scratch_parent() {
  const char* set = std::getenv("TMPDIR");
  return set != nullptr && *set != '\0' ? set : "/tmp";
}

std::string file_system_name(const std::string& path) {
  struct statfs info {};
  if (::statfs(path.c_str(), &info) != 0) return "unknown";
  const auto magic = static_cast<std::uint32_t>(info.f_type);
  for (const FileSystem& known : kFileSystems) {
    if (known.magic == magic) return std::string(known.name);
  }
  return fmt::format("type 0x{:x}", magic);
}

Result<Scratch> Scratch::create(const std::string& parent, std::uint64_t needed_bytes) {
  remove_all_left_behind(parent);
  Result<Scratch> made = make(parent);
  if (!made) return made;
  Scratch scratch = std::move(*made);
  const Result<std::uint64_t> free_bytes = free_space(scratch.folder());
  if (!free_bytes) return fail(free_bytes.error());
  if (*free_bytes < needed_bytes) {
    return fail(
        Stage::plan, ErrorCode::no_space, parent,
        fmt::format("about {} of scratch space are needed, {} are free; --scratch names another place",
                    human_bytes(needed_bytes), human_bytes(*free_bytes)));
  }
  return scratch;
}

Result<Scratch> Scratch::make(const std::string& parent) {
  constexpr int kTries = 100;
  for (int i = 0;; ++i) {
    std::string folder = fmt::format("{}/{}XXXXXX", parent, kPrefix);
    if (::mkdtemp(folder.data()) == nullptr) {
      return fail(system_error(Stage::plan, errno, parent, "make the scratch folder"));
    }
    UniqueFd lock = locked(folder);
    // Before it was locked, another labday may have taken it for one that was left behind. A file system
    // without locks loses no more than the tidying up after a labday that was killed.
    const bool taken = lock ? !is_at(lock.get(), folder) : errno == EWOULDBLOCK || errno == ENOENT;
    if (!taken || i == kTries) return Scratch(std::move(folder), std::move(lock));
  }
}

void Scratch::remove_all_left_behind(const std::string& parent) {
  if (!locks_tell_of_all(parent)) return;
  std::error_code error;
  std::vector<std::string> folders;
  for (fs::directory_iterator entry(parent, error), end; !error && entry != end; entry.increment(error)) {
    if (entry->path().filename().string().starts_with(kPrefix)) folders.push_back(entry->path().string());
  }
  for (const std::string& folder : folders) remove_left_behind(folder);
}

Scratch::Left Scratch::remove_left_behind(const std::string& folder) {
  struct stat info {};
  if (fs::path(folder).filename().string().rfind(kPrefix, 0) != 0) return Left::nothing;
  if (::lstat(folder.c_str(), &info) != 0 || !S_ISDIR(info.st_mode)) return Left::nothing;
  if (info.st_uid != ::geteuid() || (info.st_mode & 0777U) != 0700U) return Left::nothing;
  UniqueFd lock = locked(folder);
  if (!lock) return Left::in_use;
  Scratch(folder, std::move(lock)).remove();
  return Left::removed;
}

Scratch::Scratch(Scratch&& other) noexcept
    : folder_(std::exchange(other.folder_, {})), lock_(std::move(other.lock_)) {}

Scratch& Scratch::operator=(Scratch&& other) noexcept {
  if (this != &other) {
    remove();
    folder_ = std::exchange(other.folder_, {});
    lock_ = std::move(other.lock_);
  }
  return *this;
}

Scratch::~Scratch() { remove(); }

Result<void> Scratch::empty() {
  const std::error_code error = remove_contents(folder_);
  if (error) return fail(system_error(Stage::plan, error.value(), folder_, "empty the scratch folder"));
  return {};
}

void Scratch::remove() {
  if (folder_.empty()) return;
  // Nothing can be done about a failure here; what is left bears labday's name.
  [[maybe_unused]] const std::error_code left = remove_contents(folder_);
  ::rmdir(folder_.c_str());
  folder_.clear();
}

}  // namespace labday
