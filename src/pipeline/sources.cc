#include "pipeline/sources.h"

#include <dirent.h>
#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <string_view>
#include <unordered_map>

#include "pipeline/posix_io.h"

namespace labday {
namespace {

constexpr std::int64_t kMaxListBytes = std::int64_t{1} << 30;
constexpr int kMaxListDepth = 8;  // a list may name lists

bool has_image_extension(std::string_view file_name) {
  static constexpr std::array<std::string_view, 3> kExtensions{".jpg", ".jpeg", ".png"};
  const auto ends_with = [&](std::string_view extension) {
    if (file_name.size() <= extension.size()) return false;
    const std::string_view end = file_name.substr(file_name.size() - extension.size());
    return std::equal(end.begin(), end.end(), extension.begin(),
                      [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; });
  };
  return std::any_of(kExtensions.begin(), kExtensions.end(), ends_with);
}

struct FileIdentity {
  dev_t device = 0;
  ino_t inode = 0;
  bool operator==(const FileIdentity&) const = default;
};

class Finder {
 public:
  explicit Finder(const std::string& output_folder) {
    struct stat status {};
    if (!output_folder.empty() && stat(output_folder.c_str(), &status) == 0) {
      output_ = {status.st_dev, status.st_ino};
    }
  }

  void argument(const std::string& text, int depth = 0) {
    struct stat status {};
    if (stat(text.c_str(), &status) == 0) {
      if (is_output(status)) {
        found_.errors.push_back(
            {Stage::plan, ErrorCode::usage, text,
             "it is the output folder as well, so that renditions would become sources; choose "
             "another output folder, or name the files"});
      } else if (S_ISDIR(status.st_mode)) {
        folder(text, text.size());
      } else {
        file(text, text.rfind('/') + 1, 0, status);
      }
      return;
    }
    const int error_number = errno;
    if (text.starts_with('@')) {
      list(text.substr(1), depth);
    } else if (text.find_first_of("*?[") == std::string::npos || !expand_glob(text)) {
      found_.errors.push_back(system_error(Stage::read, error_number, text, "cannot look at it"));
    }
  }

  FoundSources take() {
    drop_repetitions();
    return std::move(found_);
  }

 private:
  [[nodiscard]] bool is_output(const struct stat& status) const {
    return FileIdentity{status.st_dev, status.st_ino} == output_;
  }

  void file(std::string path, std::size_t dir_begin, std::size_t dir_length, const struct stat& status) {
    if (!S_ISREG(status.st_mode)) {
      found_.errors.push_back({Stage::read, ErrorCode::not_a_file, std::move(path), "it is no regular file"});
      return;
    }
    Source source;
    source.path = std::move(path);
    source.file_bytes = static_cast<std::uint64_t>(status.st_size);
    source.mtime_ns = std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec;
    source.dir_begin = static_cast<std::uint32_t>(dir_begin);
    source.dir_length = static_cast<std::uint32_t>(dir_length);
    found_.sources.push_back(std::move(source));
  }

  /// `root_length`: where the argument ends in `path`, so that {dir} is what follows it.
  void folder(const std::string& path, std::size_t root_length) {
    struct Entry {
      std::string name;
      bool is_folder = false;
      struct stat status {};
      // Folders sort as if their name ended in a slash, so that the whole list of paths is sorted by bytes.
      [[nodiscard]] std::string key() const { return is_folder ? name + "/" : name; }
    };
    const std::unique_ptr<DIR, int (*)(DIR*)> handle(opendir(path.c_str()), closedir);
    if (handle == nullptr) {
      found_.errors.push_back(system_error(Stage::read, errno, path, "cannot open the folder"));
      return;
    }
    const std::string prefix = path.ends_with('/') ? path : path + "/";
    std::vector<Entry> entries;
    const auto next = [&] {
      errno = 0;  // readdir() returns nullptr at the end and on errors alike
      return readdir(handle.get());
    };
    while (const dirent* item = next()) {
      Entry entry;
      entry.name = item->d_name;
      if (entry.name.starts_with('.')) continue;  // hidden files, `.labday*`, `.` and `..`
      const std::string whole = prefix + entry.name;
      if (lstat(whole.c_str(), &entry.status) != 0) continue;  // gone since
      if (S_ISDIR(entry.status.st_mode)) {
        if (is_output(entry.status)) continue;
        entry.is_folder = true;
      } else {
        if (!has_image_extension(entry.name)) continue;
        if (S_ISLNK(entry.status.st_mode)) {
          if (stat(whole.c_str(), &entry.status) != 0) {
            found_.errors.push_back(system_error(Stage::read, errno, whole, "the link leads nowhere"));
            continue;
          }
          if (S_ISDIR(entry.status.st_mode)) continue;  // linked folders are not followed
        }
      }
      entries.push_back(std::move(entry));
    }
    if (errno != 0) found_.errors.push_back(system_error(Stage::read, errno, path, "cannot list the folder"));
    std::sort(entries.begin(), entries.end(),
              [](const Entry& a, const Entry& b) { return a.key() < b.key(); });
    for (const Entry& entry : entries) {
      if (entry.is_folder) {
        folder(prefix + entry.name, root_length);
        continue;
      }
      std::size_t begin = std::min(root_length, prefix.size());
      while (begin < prefix.size() && prefix[begin] == '/') ++begin;
      const std::size_t length = begin < prefix.size() ? prefix.size() - 1 - begin : 0;
      file(prefix + entry.name, begin, length, entry.status);
    }
  }

  bool expand_glob(const std::string& pattern) {
    glob_t matches{};
    const bool any = glob(pattern.c_str(), 0, nullptr, &matches) == 0;
    for (std::size_t i = 0; any && i < matches.gl_pathc; ++i) argument(matches.gl_pathv[i], kMaxListDepth);
    globfree(&matches);
    return any;
  }

  void list(const std::string& path, int depth) {
    if (depth >= kMaxListDepth) {
      found_.errors.push_back({Stage::read, ErrorCode::usage, path, "lists name lists too deeply"});
      return;
    }
    const auto content = read_whole_file(path, kMaxListBytes);
    if (!content) {
      found_.errors.push_back(content.error());
      return;
    }
    found_.lists.push_back(path);
    std::string_view text(reinterpret_cast<const char*>(content->data()), content->size());
    const char separator = text.find('\0') != std::string_view::npos ? '\0' : '\n';
    while (!text.empty()) {
      const auto end = std::min(text.find(separator), text.size());
      std::string_view line = text.substr(0, end);
      text.remove_prefix(std::min(end + 1, text.size()));
      if (separator == '\n' && line.ends_with('\r')) line.remove_suffix(1);
      if (!line.empty()) argument(std::string(line), depth + 1);
    }
  }

  /// `photos photos/a.jpg` means a.jpg once. Hashes, not paths, are kept: a list may have millions of lines.
  void drop_repetitions() {
    const auto hash = [](const Source& s) {
      return std::hash<std::string_view>()(s.path) ^ (std::hash<std::string_view>()(s.dir()) * 31);
    };
    std::unordered_multimap<std::size_t, std::size_t> seen;
    std::vector<Source>& all = found_.sources;
    std::size_t kept = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
      const auto [first, last] = seen.equal_range(hash(all[i]));
      const bool repeated = std::any_of(first, last, [&](const auto& other) {
        return all[other.second].path == all[i].path && all[other.second].dir() == all[i].dir();
      });
      if (repeated) continue;
      if (kept != i) all[kept] = std::move(all[i]);
      seen.emplace(hash(all[kept]), kept);
      ++kept;
    }
    all.resize(kept);
  }

  FoundSources found_;
  FileIdentity output_;
};

}  // namespace

FoundSources find_sources(std::span<const std::string> arguments, const std::string& output_folder) {
  Finder finder(output_folder);
  for (const std::string& argument : arguments) finder.argument(argument);
  return finder.take();
}

}  // namespace labday
