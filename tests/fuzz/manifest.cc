// Any bytes as a manifest: each item is one that can be written as a line and read again, wherever reading
// ends.
#include <sys/mman.h>

#include <optional>

#include "base/text.h"
#include "base/unique_fd.h"
#include "fuzz/fuzz_target.h"
#include "pipeline/manifest_reader.h"

namespace labday::fuzz {

namespace {

/// A file with this content, as a path.
class MemoryFile {
 public:
  explicit MemoryFile(std::string_view content) : file_(::memfd_create("manifest", MFD_CLOEXEC)) {
    require(static_cast<bool>(file_), "no memory file");
    const ssize_t wrote = ::write(file_.get(), content.data(), content.size());
    require(wrote == static_cast<ssize_t>(content.size()), "no memory file");
  }
  [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(file_.get()); }

 private:
  UniqueFd file_;
};

struct Read {
  std::vector<ManifestItem> items;
  std::optional<Error> error;
};

Read read(std::string_view text, const std::string& root) {
  const MemoryFile file(text);
  auto reader = ManifestReader::open(file.path(), {root, {}});
  require(reader.has_value(), "a file that cannot be opened");
  Read read;
  for (;;) {
    auto item = reader->next();
    if (!item) {
      read.error = item.error();
      break;
    }
    if (!*item) break;
    read.items.push_back(std::move(**item));
  }
  // The second reading says the same.
  reader->rewind();
  for (const ManifestItem& before : read.items) {
    const auto again = reader->next();
    require(again && *again && (*again)->source.path == before.source.path,
            "read twice, it says another thing");
  }
  return read;
}

void check_again(const std::vector<ManifestItem>& items) {
  std::string text;
  for (const ManifestItem& item : items) text += manifest_line(item.source, item.renditions, true);
  const Read again = read(text, {});
  require(!again.error && again.items.size() == items.size(), "a line that is written and not read");
  for (std::size_t i = 0; i < items.size(); ++i) {
    const ManifestItem& before = items[i];
    const ManifestItem& after = again.items[i];
    require(after.source.path == before.source.path, "another path");
    if (is_utf8(before.source.dir())) require(after.source.dir() == before.source.dir(), "another {dir}");
    require(after.renditions == before.renditions, "other renditions");
  }
}

}  // namespace

void run(ByteView input) {
  const bool below_root = !input.empty() && (input.front() & 1U) != 0;
  const std::string_view text = text_of(input.subspan(std::min<std::size_t>(1, input.size())));
  const Read found = read(text, below_root ? "root/of/all" : "");
  if (found.error) require_sayable(*found.error);
  std::uint64_t last = 0;
  for (const ManifestItem& item : found.items) {
    require(item.number > last, "numbers that do not grow");
    last = item.number;
    require(!item.source.path.empty(), "a source without a path");
    require(item.source.path.find('\0') == std::string::npos, "a path with a NUL");
    require(std::size_t{item.source.dir_begin} + item.source.dir_length <= item.source.path.size(),
            "a {dir} beyond its path");
  }
  check_again(found.items);
}

std::vector<Bytes> seeds() {
  const std::string plain = "trip/peak.jpg\nbeach.jpg\r\n\n/abs/a.png\nlast without an end";
  const std::string json =
      R"({"source": "trip/peak.jpg", "dir": "trip", "renditions": [{"scale": "50%"}, {"width": 800, "png": "small"}]})"
      "\n"
      R"({"source_bytes": "YS//LmpwZw==", "renditions": [{"width": 7, "filter": "box"}]})"
      "\n"
      R"({"source": "a\nb.jpg", "dir": ""})";
  std::string nul = plain;
  std::replace(nul.begin(), nul.end(), '\n', '\0');
  std::vector<Bytes> seeds;
  for (const std::string& text : {plain, json, nul, std::string("{\"source\": 1}"), std::string("{")}) {
    seeds.push_back(bytes_of("0" + text));
    seeds.push_back(bytes_of("1" + text));
  }
  return seeds;
}

}  // namespace labday::fuzz
