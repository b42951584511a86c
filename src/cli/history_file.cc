#include "cli/history_file.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/text.h"
#include "cli/console.h"
#include "pipeline/posix_io.h"
#include "report/history_json.h"
#include "report/text_file.h"

namespace labday {
namespace {
namespace fs = std::filesystem;

constexpr std::int64_t kMostBytes = std::int64_t{16} << 20;

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

void note(const std::string& path, std::string_view what, const std::string& why) {
  complain(fmt::format("labday: note: {} {}: {}\n", printable(path), what, printable(why)));
}

struct Known {
  Result<History> history;
  bool replaceable = false;  // where there is none: is nothing lost that is not this labday's?
};

Known read_history(const std::string& path) {
  const Result<Bytes> bytes = read_whole_file(path, kMostBytes);
  if (!bytes) {
    const ErrorCode code = bytes.error().code;
    return {fail(bytes.error()), code == ErrorCode::not_found || code == ErrorCode::empty_file};
  }
  const std::string_view text(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  return {history_from_json(text, path), begins_as_history(text)};
}

}  // namespace

std::optional<std::string> history_path(bool no_history) {
  const std::string set = variable("LABDAY_HISTORY");
  if (no_history || set == "off") return std::nullopt;
  if (!set.empty()) return set;
  std::string cache = variable("XDG_CACHE_HOME");
  // The XDG Base Directory Specification wants relative paths to be ignored.
  if (cache.empty() || cache.front() != '/') {
    const std::string home = variable("HOME");
    if (home.empty() || home.front() != '/') return std::nullopt;
    cache = home + "/.cache";
  }
  return cache + "/labday/history.json";
}

History recall(const std::optional<std::string>& path) {
  if (!path) return {};
  Result<History> history = read_history(*path).history;
  if (history) return std::move(*history);
  if (history.error().code != ErrorCode::not_found) {
    note(*path, "holds no history of experiments and is not looked at", history.error().detail);
  }
  return {};
}

void remember(const std::optional<std::string>& path, History fresh) {
  if (!path || fresh.empty()) return;
  Known known = read_history(*path);
  if (!known.history && !known.replaceable) {
    return note(*path,
                "is left alone, so this experiment is not remembered (remove it, or let LABDAY_HISTORY name "
                "another file)",
                known.history.error().detail);
  }
  History history = known.history ? std::move(*known.history) : History();
  remember(history, std::move(fresh));
  std::error_code error;
  fs::create_directories(fs::path(*path).parent_path(), error);
  if (error) return note(*path, "cannot be written, so this experiment is not remembered", error.message());
  const Result<void> written = replace_file(*path, history_json(history));
  if (!written)
    note(*path, "cannot be written, so this experiment is not remembered", written.error().detail);
}

std::int64_t unix_now() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace labday
