#include "report/json_head.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>

#include "base/unique_fd.h"

namespace labday {
namespace {

constexpr std::size_t kPiece = 16 << 10;
constexpr std::int64_t kMostBytes = std::int64_t{1} << 30;

/// Where the line of one of the keys begins; to_text() indents those of the outermost object by two, and no
/// string of JSON holds a line feed.
std::optional<std::size_t> find_line(std::string_view text, std::size_t from,
                                     const std::vector<std::string_view>& keys) {
  std::optional<std::size_t> first;
  for (const std::string_view key : keys) {
    const std::size_t found = text.find(fmt::format("\n  \"{}\": ", key), from);
    if (found != std::string_view::npos) first = std::min(first.value_or(found), found);
  }
  return first;
}

/// Appends what lies behind `text` in the file; false at its end. errno where it fails.
std::optional<bool> read_piece(int fd, std::string& text, std::size_t most) {
  const std::size_t before = text.size();
  text.resize(before + most);
  ssize_t n = 0;
  do {
    n = ::pread(fd, text.data() + before, most, static_cast<off_t>(before));
  } while (n < 0 && errno == EINTR);
  text.resize(before + static_cast<std::size_t>(std::max<ssize_t>(n, 0)));
  if (n < 0) return std::nullopt;
  return n > 0;
}

/// Is the last character of the file a brace?
bool ends_as_object(int fd, off_t size) {
  std::array<char, 16> tail{};
  const off_t begin = std::max<off_t>(0, size - static_cast<off_t>(tail.size()));
  const ssize_t n = ::pread(fd, tail.data(), tail.size(), begin);
  if (n <= 0) return false;
  const std::string_view text(tail.data(), static_cast<std::size_t>(n));
  const std::size_t last = text.find_last_not_of(" \r\n\t");
  return last != std::string_view::npos && text[last] == '}';
}

}  // namespace

Result<Json> read_json_head(const std::string& path, const std::vector<std::string_view>& ends) {
  const auto refused = [&](ErrorCode code, std::string why) {
    return fail(Stage::plan, code, path, std::move(why));
  };
  const auto failed = [&](int number) {
    return fail(system_error(Stage::plan, number, path, "read the run"));
  };
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (!fd) return failed(errno);
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) return failed(errno);
  if (!S_ISREG(status.st_mode)) return refused(ErrorCode::not_a_file, "this is no file");
  if (status.st_size == 0) return refused(ErrorCode::empty_file, "nothing is in it");
  if (status.st_size > kMostBytes) return refused(ErrorCode::over_limit, "it is larger than any run");
  if (!ends_as_object(fd.get(), status.st_size)) {
    return refused(ErrorCode::corrupt, "this is no JSON, or it has been cut");
  }
  std::string text;
  std::size_t piece = kPiece;
  for (;;) {
    const std::size_t searched = text.size() - std::min<std::size_t>(text.size(), 64);
    const auto more = read_piece(fd.get(), text, piece);
    if (!more) return failed(errno);
    if (const auto end = find_line(text, searched, ends)) {
      text.resize(*end);
      if (text.ends_with(',')) text.pop_back();
      text += "\n}";
      break;
    }
    if (!*more) break;
    piece = std::max(kPiece, text.size());
  }
  Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return refused(ErrorCode::corrupt, "this is no JSON, or it has been cut");
  return json;
}

std::string schema_of(std::string_view text) {
  // As labday writes it, it is the first key; what was rearranged is parsed.
  constexpr std::string_view kFirst = "{\n  \"schema\": \"";
  if (text.starts_with(kFirst)) {
    const std::string_view rest = text.substr(kFirst.size(), 100);
    if (const std::size_t end = rest.find('"'); end != std::string_view::npos) {
      return std::string(rest.substr(0, end));
    }
  }
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object() || !json.contains("schema") || !json["schema"].is_string()) return "";
  return json["schema"].get<std::string>();
}

}  // namespace labday
