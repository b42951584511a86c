#include "pipeline/manifest_reader.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/text.h"
#include "pipeline/spill_file.h"

namespace labday {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kBuffer = std::size_t{256} << 10;
constexpr std::size_t kMostItem = std::size_t{1} << 20;
constexpr std::int64_t kMaxWidth = 1'000'000'000;

Result<UniqueFd> copy_aside(int from, const std::string& shown) {
  auto copy = SpillFile::create(spill_folder());
  if (!copy) return fail(std::move(copy.error()));
  Bytes buffer(kBuffer);
  for (;;) {
    const ssize_t got = ::read(from, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(system_error(Stage::plan, errno, shown, "cannot read the manifest"));
    if (got == 0) break;
    auto put = copy->append(ByteView(buffer).first(static_cast<std::size_t>(got)));
    if (!put) return fail(std::move(put.error()));
  }
  return UniqueFd(::fcntl(copy->descriptor(), F_DUPFD_CLOEXEC, 0));
}

Result<std::string> string_at(const Json& json, const char* key) {
  if (!json.at(key).is_string()) {
    return fail(Stage::plan, ErrorCode::usage, {}, fmt::format("'{}' is no text", key));
  }
  return json.at(key).get<std::string>();
}

tl::unexpected<Error> usage(std::string detail) {
  return fail(Stage::plan, ErrorCode::usage, {}, std::move(detail));
}

/// A key that nobody reads would be a wish that nobody grants.
Result<void> only_keys(const Json& json, std::initializer_list<std::string_view> known) {
  if (!json.is_object()) return usage("it is no JSON object");
  for (const auto& [key, value] : json.items()) {
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      return usage(fmt::format("'{}' is no key of it", printable(key)));
    }
  }
  return {};
}

Result<Rendition> rendition_from(const Json& json, Rendition rendition) {
  if (auto keys = only_keys(json, {"scale", "width", "filter", "png"}); !keys) return fail(keys.error());
  if (json.contains("scale") == json.contains("width")) {
    return usage("a rendition has either 'scale' or 'width'");
  }
  if (json.contains("width")) {
    const Json& width = json.at("width");
    if (!width.is_number_integer() || width.get<std::int64_t>() < 1 ||
        width.get<std::int64_t>() > kMaxWidth) {
      return usage("'width' is no number of pixels");
    }
    rendition.width = width.get<std::int32_t>();
  } else {
    const auto text = string_at(json, "scale");
    if (!text) return fail(text.error());
    const auto scale = Percent::parse(*text);
    if (!scale) return fail(scale.error());
    rendition.scale = *scale;
    rendition.width = 0;
  }
  if (json.contains("filter")) {
    const auto filter = string_at(json, "filter");
    const auto known = filter ? filter_from_name(*filter) : std::nullopt;
    if (!known) return usage("'filter' is none that there is");
    rendition.filter = *known;
  }
  if (json.contains("png")) {
    const auto level = string_at(json, "png");
    const auto known = level ? png_level_from_name(*level) : std::nullopt;
    if (!known) return usage("'png' is no level that there is");
    rendition.level = *known;
  }
  return rendition;
}

}  // namespace

Result<ManifestReader> ManifestReader::open(const std::string& path, Rules rules) {
  const std::string shown = path == "-" ? "standard input" : path;
  UniqueFd file(path == "-" ? ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
                            : ::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return fail(system_error(Stage::plan, errno, shown, "cannot open the manifest"));
  struct stat status {};
  if (::fstat(file.get(), &status) != 0 || S_ISDIR(status.st_mode)) {
    return fail(system_error(Stage::plan, EISDIR, shown, "cannot read the manifest"));
  }
  if (!S_ISREG(status.st_mode) || path == "-") {
    auto copy = copy_aside(file.get(), shown);
    if (!copy) return fail(std::move(copy.error()));
    file = std::move(*copy);
  }
  return ManifestReader(shown, std::move(file), std::move(rules));
}

Error ManifestReader::wrong(std::string detail) const {
  return {Stage::plan, ErrorCode::usage, shown_, fmt::format("item {}: {}", number_, std::move(detail))};
}

void ManifestReader::rewind() {
  offset_ = 0;
  buffer_.clear();
  at_ = 0;
  number_ = 0;
}

Result<bool> ManifestReader::fill() {
  buffer_.erase(0, std::exchange(at_, 0));
  const std::size_t kept = buffer_.size();
  buffer_.resize(kept + kBuffer);
  ssize_t got = 0;
  do {
    got = ::pread(file_.get(), buffer_.data() + kept, kBuffer, static_cast<off_t>(offset_));
  } while (got < 0 && errno == EINTR);
  buffer_.resize(kept + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  if (got < 0) return fail(system_error(Stage::plan, errno, shown_, "cannot read the manifest"));
  offset_ += static_cast<std::uint64_t>(got);
  if (!separator_) separator_ = buffer_.find('\0') == std::string::npos ? '\n' : '\0';
  return got > 0;
}

Result<std::optional<std::string>> ManifestReader::next_text() {
  std::size_t searched = 0;
  for (;;) {
    const auto end = separator_ ? buffer_.find(*separator_, at_ + searched) : std::string::npos;
    if (end != std::string::npos) {
      std::string text = buffer_.substr(at_, end - at_);
      at_ = end + 1;
      return text;
    }
    searched = buffer_.size() - at_;
    if (searched > kMostItem) return fail(wrong("it is longer than any path"));
    const auto more = fill();
    if (!more) return fail(more.error());
    if (*more) continue;
    if (searched == 0) return std::nullopt;
    return std::exchange(buffer_, {});  // the last one need not end with a separator
  }
}

Result<std::optional<ManifestItem>> ManifestReader::next() {
  for (;;) {
    auto text = next_text();
    if (!text) return fail(std::move(text.error()));
    if (!*text) return std::nullopt;
    ++number_;
    if (separator_ == '\n' && (*text)->ends_with('\r')) (*text)->pop_back();
    if ((*text)->empty()) continue;
    auto item = parse(**text);
    if (!item) return fail(wrong(std::move(item.error().detail)));
    item->number = number_;
    return std::move(*item);
  }
}

Result<ManifestItem> ManifestReader::parse(const std::string& text) const {
  if (text.front() == '{') return parse_json(text);
  ManifestItem item;
  if (text.find('\0') != std::string::npos) return usage("it holds a NUL, and so does not the beginning");
  item.source.path = text;
  if (rules_.root.empty()) {
    item.source.dir_begin = static_cast<std::uint32_t>(text.rfind('/') + 1);
    return item;
  }
  if (text.front() == '/') return usage("with --manifest-root its path must not be absolute");
  const std::string prefix = rules_.root.ends_with('/') ? rules_.root : rules_.root + "/";
  item.source.path = prefix + text;
  item.source.dir_begin = static_cast<std::uint32_t>(prefix.size());
  const auto slash = text.rfind('/');
  item.source.dir_length = slash == std::string::npos ? 0 : static_cast<std::uint32_t>(slash);
  return item;
}

Result<ManifestItem> ManifestReader::parse_json(const std::string& text) const {
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) return usage("it begins like a JSON object and is none");
  if (auto keys = only_keys(json, {"source", "source_bytes", "dir", "renditions"}); !keys) {
    return fail(std::move(keys.error()));
  }
  if (json.contains("source") == json.contains("source_bytes")) {
    return usage("it has either 'source' or 'source_bytes'");
  }
  auto path = string_at(json, json.contains("source") ? "source" : "source_bytes");
  if (path && json.contains("source_bytes")) {
    auto decoded = from_base64(*path);
    if (!decoded) return usage("'source_bytes' is no base64");
    path = std::move(*decoded);
  }
  if (!path) return fail(std::move(path.error()));
  if (path->empty() || path->find('\0') != std::string::npos) return usage("its source is no path");
  Rules as_it_stands{{}, {}};
  ManifestItem item;
  if (json.contains("dir")) {
    const auto dir = string_at(json, "dir");
    if (!dir) return fail(dir.error());
    const auto slash = path->rfind('/');
    const std::string folder = slash == std::string::npos ? "" : path->substr(0, slash);
    const bool ends = folder.ends_with(*dir) && (dir->empty() || folder.size() == dir->size() ||
                                                 folder[folder.size() - dir->size() - 1] == '/');
    if (!ends) return usage("'dir' does not end the folder of its source");
    item.source.dir_begin =
        static_cast<std::uint32_t>(dir->empty() ? slash + 1 : folder.size() - dir->size());
    item.source.dir_length = static_cast<std::uint32_t>(dir->size());
    item.source.path = std::move(*path);
  } else {
    if (path->front() == '{') {
      item.source.path = rules_.root.empty() ? *path : rules_.root + "/" + *path;
      item.source.dir_begin = static_cast<std::uint32_t>(item.source.path.rfind('/') + 1);
    } else {
      auto plain = parse(*path);
      if (!plain) return plain;
      item = std::move(*plain);
    }
  }
  if (!json.contains("renditions")) return item;
  const Json& renditions = json.at("renditions");
  if (!renditions.is_array() || renditions.empty() || renditions.size() > kMaxRenditions) {
    return usage(fmt::format("'renditions' is no list of 1 to {}", kMaxRenditions));
  }
  for (const Json& wanted : renditions) {
    auto rendition = rendition_from(wanted, rules_.rendition);
    if (!rendition) return fail(std::move(rendition.error()));
    item.renditions.push_back(*rendition);
  }
  return item;
}

std::string manifest_line(const Source& source, const std::vector<Rendition>& renditions, bool complete) {
  const bool plain = source.path.find_first_of(std::string_view("\n\r\0", 3)) == std::string::npos &&
                     source.path.front() != '{';
  if (plain && !complete && source.dir().empty() && renditions.empty()) return source.path + "\n";
  Json json = Json::object();
  if (is_utf8(source.path)) {
    json["source"] = source.path;
  } else {
    json["source_bytes"] = base64(source.path);
  }
  // A {dir} that is no UTF-8 cannot be said; without it the names differ, but not the pixels.
  if (is_utf8(source.dir())) json["dir"] = source.dir();
  for (const Rendition& rendition : renditions) {
    Json wanted = Json::object();
    if (rendition.width != 0) {
      wanted["width"] = rendition.width;
    } else {
      wanted["scale"] = rendition.scale.text() + "%";
    }
    wanted["filter"] = name(rendition.filter);
    wanted["png"] = name(rendition.level);
    json["renditions"].push_back(std::move(wanted));
  }
  return json.dump() + "\n";
}

}  // namespace labday
