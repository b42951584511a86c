#include "lab/manifest.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <memory>
#include <new>
#include <system_error>

#include "base/bytes.h"
#include "base/unique_fd.h"

namespace labday {
namespace {
namespace fs = std::filesystem;

constexpr std::size_t kChunkBytes = std::size_t{256} << 10;

class Hasher {
 public:
  Hasher() : state_(XXH3_createState()) {
    if (!state_) throw std::bad_alloc();
    XXH3_128bits_reset(state_.get());
  }
  void add(const void* data, std::size_t size) { XXH3_128bits_update(state_.get(), data, size); }
  void add(std::uint64_t value) {
    std::array<std::uint8_t, 8> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(value >> (8 * i));
    add(bytes.data(), bytes.size());
  }
  [[nodiscard]] FileHash hash() const {
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(state_.get()));
    FileHash hash;
    std::copy(std::begin(canonical.digest), std::end(canonical.digest), hash.begin());
    return hash;
  }

 private:
  struct Free {
    void operator()(XXH3_state_t* state) const { XXH3_freeState(state); }
  };
  std::unique_ptr<XXH3_state_t, Free> state_;
};

/// Fills in size and hash by what is read, not by what the folder says.
Result<void> read_entry(const std::string& path, Bytes& chunk, ManifestEntry& entry) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!fd) return fail(system_error(Stage::read, errno, path, "open"));
  Hasher hasher;
  for (;;) {
    const ssize_t n = ::read(fd.get(), chunk.data(), chunk.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return fail(system_error(Stage::read, errno, path, "read back"));
    if (n == 0) break;
    hasher.add(chunk.data(), static_cast<std::size_t>(n));
    entry.bytes += static_cast<std::uint64_t>(n);
  }
  entry.hash = hasher.hash();
  return {};
}

/// The names of all files below `folder`, sorted.
Result<std::vector<std::string>> list_files(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code error;
  fs::recursive_directory_iterator walk(folder, error);
  for (; !error && walk != fs::recursive_directory_iterator(); walk.increment(error)) {
    const fs::file_status status = walk->symlink_status(error);
    if (error) break;
    if (fs::is_directory(status)) continue;
    const std::string& path = walk->path().native();
    if (!fs::is_regular_file(status)) {
      return fail(Stage::read, ErrorCode::not_a_file, path, "a mode left something that is no regular file");
    }
    names.push_back(path.substr(folder.size() + 1));
  }
  if (error) return fail(system_error(Stage::read, error.value(), folder, "read the folder"));
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

std::uint64_t Manifest::bytes() const {
  std::uint64_t sum = 0;
  for (const ManifestEntry& file : files) sum += file.bytes;
  return sum;
}

std::string Manifest::hash() const {
  Hasher hasher;
  for (const ManifestEntry& file : files) {
    hasher.add(file.name.size());
    hasher.add(file.name.data(), file.name.size());
    hasher.add(file.bytes);
    hasher.add(file.hash.data(), file.hash.size());
  }
  std::string digits;
  for (const std::uint8_t byte : hasher.hash()) digits += fmt::format("{:02x}", byte);
  return digits;
}

Result<Manifest> read_manifest(const std::string& folder) {
  const Result<std::vector<std::string>> names = list_files(folder);
  if (!names) return fail(names.error());
  Manifest manifest;
  Bytes chunk(kChunkBytes);
  std::string path;
  for (const std::string& name : *names) {
    ManifestEntry& entry = manifest.files.emplace_back(ManifestEntry{name, 0, {}});
    path.assign(folder).append("/").append(name);
    if (Result<void> read = read_entry(path, chunk, entry); !read) {
      return fail(std::move(read.error()));
    }
  }
  return manifest;
}

Result<ManifestEntry> read_manifest_entry(const std::string& path, std::string name) {
  ManifestEntry entry{std::move(name), 0, {}};
  Bytes chunk(kChunkBytes);
  if (Result<void> read = read_entry(path, chunk, entry); !read) return fail(std::move(read.error()));
  return entry;
}

std::string_view name(Difference::Kind kind) {
  static constexpr std::array<std::string_view, 3> kNames{"missing", "extra", "differs"};
  return kNames.at(static_cast<std::size_t>(kind));
}

std::optional<Difference> first_difference(const Manifest& expected, const Manifest& actual) {
  auto want = expected.files.begin();
  auto have = actual.files.begin();
  for (; want != expected.files.end() && have != actual.files.end(); ++want, ++have) {
    if (want->name < have->name) return Difference{Difference::Kind::missing, want->name};
    if (have->name < want->name) return Difference{Difference::Kind::extra, have->name};
    if (*want != *have) return Difference{Difference::Kind::differs, want->name};
  }
  if (want != expected.files.end()) return Difference{Difference::Kind::missing, want->name};
  if (have != actual.files.end()) return Difference{Difference::Kind::extra, have->name};
  return std::nullopt;
}

}  // namespace labday
