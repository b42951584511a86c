#include "pipeline/temporaries.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <fstream>
#include <iterator>
#include <memory>
#include <mutex>

#include "base/function_ref.h"
#include "pipeline/beneath.h"
#include "pipeline/hash.h"

namespace labday {
namespace {

constexpr std::string_view kPrefix = ".labday-tmp-";
constexpr std::size_t kPlaceDigits = 32;
constexpr std::size_t kMostVisited = 100'000;

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::uint32_t short_hash(const std::string& text) {
  return text.empty() ? 0 : static_cast<std::uint32_t>(hash64(text));
}

/// The process's state and its start; see proc(5) on /proc/PID/stat.
struct ProcessStat {
  char state = 0;
  std::uint64_t start = 0;
};

std::optional<ProcessStat> process_stat(const std::string& process) {
  const std::string text = content_of("/proc/" + process + "/stat");
  const auto name_end = text.rfind(')');  // the name may hold anything
  if (name_end == std::string::npos) return std::nullopt;
  constexpr int kStart = 22;
  ProcessStat stat;
  std::string_view rest = std::string_view(text).substr(name_end + 1);
  for (int field = 3; field <= kStart; ++field) {
    rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
    const std::string_view word = rest.substr(0, rest.find(' '));
    if (word.empty()) return std::nullopt;
    if (field == 3) stat.state = word.front();
    if (field == kStart) std::from_chars(word.data(), word.data() + word.size(), stat.start);
    rest.remove_prefix(word.size());
  }
  return stat;
}

WriterId find_this_writer() {
  WriterId writer;
  writer.pid = ::getpid();
  if (const auto stat = process_stat("self")) writer.start = stat->start;
  utsname names{};
  if (::uname(&names) == 0) writer.host = short_hash(names.nodename + content_of("/etc/machine-id"));
  writer.boot = short_hash(content_of("/proc/sys/kernel/random/boot_id"));
  struct stat space {};
  if (::stat("/proc/self/ns/pid", &space) == 0) writer.space = short_hash(std::to_string(space.st_ino));
  return writer;
}

/// Calls `body` for each temporary of a folder; true from it removes the file.
std::uint64_t remove_where(const std::string& output_folder, std::string_view below,
                           FunctionRef<bool(std::string_view name, Reach reach)> body) {
  const auto folder = open_beneath(output_folder, below);
  if (!folder) return 0;
  // The one that is open may only be looked up in.
  UniqueFd readable(::openat(folder->get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!readable) return 0;
  const Reach reach = reach_of(readable.get());
  const std::unique_ptr<DIR, int (*)(DIR*)> handle(::fdopendir(readable.get()), ::closedir);
  if (handle == nullptr) return 0;
  (void)readable.release();
  std::uint64_t removed = 0;
  while (const dirent* entry = ::readdir(handle.get())) {
    if (!std::string_view(entry->d_name).starts_with(kPrefix) || !body(entry->d_name, reach)) continue;
    if (::unlinkat(::dirfd(handle.get()), entry->d_name, 0) == 0) ++removed;
  }
  return removed;
}

/// Takes a number off the front of `text`.
template <class T>
bool take_number(std::string_view& text, T& value, int base) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc()) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

bool take_dash(std::string_view& text) {
  if (!text.starts_with('-')) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

std::string WriterId::text() const {
  return fmt::format("{}-{}-{:08x}{:08x}{:08x}{:08x}", pid, start, host, boot, space, turn);
}

std::optional<WriterId> WriterId::parse(std::string_view text) {
  WriterId writer;
  if (!take_number(text, writer.pid, 10) || writer.pid <= 0 || !take_dash(text)) return std::nullopt;
  if (!take_number(text, writer.start, 10) || !take_dash(text)) return std::nullopt;
  if (text.size() != kPlaceDigits) return std::nullopt;
  for (std::uint32_t* part : {&writer.host, &writer.boot, &writer.space, &writer.turn}) {
    std::string_view digits = text.substr(0, 8);
    if (!take_number(digits, *part, 16) || !digits.empty()) return std::nullopt;
    text.remove_prefix(8);
  }
  return writer;
}

WriterId this_writer() {
  static std::mutex mutex;
  static WriterId writer;
  const std::lock_guard lock(mutex);
  if (writer.pid != ::getpid()) writer = find_this_writer();
  return writer;
}

Reach reach_of(int descriptor) {
  // From linux/magic.h and the file systems' own sources; what is not listed is taken for shared.
  static constexpr std::array<std::uint32_t, 13> kLocal{
      0xEF53,      // ext2, ext3, ext4
      0x58465342,  // XFS
      0x9123683E,  // Btrfs
      0xF2F52010,  // F2FS
      0x2FC12FC1,  // ZFS
      0xCA451A4E,  // bcachefs
      0x01021994,  // tmpfs
      0x858458F6,  // ramfs
      0x794C7630,  // overlayfs, which writes to a local one
      0x4D44,      // FAT
      0x2011BAB0,  // exFAT
      0x3153464A,  // JFS
      0x52654973   // ReiserFS
  };
  struct statfs status {};
  if (::fstatfs(descriptor, &status) != 0) return Reach::machines;
  const auto type = static_cast<std::uint32_t>(status.f_type);
  return std::find(kLocal.begin(), kLocal.end(), type) != kLocal.end() ? Reach::this_machine
                                                                       : Reach::machines;
}

Life life_of(const WriterId& writer, Reach reach) {
  const WriterId self = this_writer();
  if (writer.host != self.host || writer.host == 0) return Life::unknown;
  if (writer.boot != self.boot) {
    const bool known = reach == Reach::this_machine && writer.boot != 0 && self.boot != 0;
    return known ? Life::dead : Life::unknown;
  }
  if (writer.space != self.space || writer.boot == 0 || writer.space == 0) return Life::unknown;
  const auto stat = process_stat(std::to_string(writer.pid));
  if (stat) return stat->start == writer.start && stat->state != 'Z' ? Life::alive : Life::dead;
  // /proc may hide the processes of other users.
  return ::kill(writer.pid, 0) != 0 && errno == ESRCH ? Life::dead : Life::unknown;
}

std::string temporary_name(const WriterId& writer, std::uint64_t number) {
  return fmt::format("{}{}-{}", kPrefix, writer.text(), number);
}

std::optional<WriterId> writer_of(std::string_view name) {
  if (!name.starts_with(kPrefix)) return std::nullopt;
  name.remove_prefix(kPrefix.size());
  const auto last_dash = name.rfind('-');
  if (last_dash == std::string_view::npos) return std::nullopt;
  return WriterId::parse(name.substr(0, last_dash));
}

void remove_temporaries(const std::string& output_folder, std::string_view below, int pid) {
  const WriterId self = this_writer();
  remove_where(output_folder, below, [&](std::string_view name, Reach) {
    const auto writer = writer_of(name);
    return writer && writer->pid == pid && writer->host == self.host && writer->boot == self.boot &&
           writer->space == self.space;
  });
}

std::uint64_t sweep_temporaries(const std::string& output_folder, std::string_view below,
                                const std::set<WriterId>& dead, const std::set<WriterId>& alive) {
  return remove_where(output_folder, below, [&](std::string_view name, Reach reach) {
    const auto writer = writer_of(name);
    if (!writer || alive.contains(*writer)) return false;
    return dead.contains(*writer) || life_of(*writer, reach) == Life::dead;
  });
}

void TemporarySweep::visit(std::string_view rendition_name) {
  const auto slash = rendition_name.rfind('/');
  const std::string_view folder = rendition_name.substr(0, slash == std::string_view::npos ? 0 : slash);
  if (visited_.contains(folder)) return;
  if (visited_.size() >= kMostVisited) visited_.clear();  // looking twice does no harm
  visited_.emplace(folder);
  removed_ += sweep_temporaries(output_, folder, dead_, alive_);
}

}  // namespace labday
