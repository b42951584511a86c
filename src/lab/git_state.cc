#include "lab/git_state.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <sstream>
#include <vector>

#include "base/clock.h"
#include "transport/child_process.h"

namespace labday {
namespace {

constexpr Nanoseconds kPatience = std::chrono::seconds(2);
constexpr std::size_t kMostBytes = std::size_t{1} << 20;  // the first lines tell all; a flood is no answer

std::optional<std::string> find_in_path(std::string_view program) {
  const char* const path = std::getenv("PATH");
  std::istringstream folders(path != nullptr ? path : "");
  for (std::string folder; std::getline(folders, folder, ':');) {
    // What stands for the current folder is not searched: it may be anybody's.
    if (folder.empty() || folder.front() != '/') continue;
    std::string candidate = folder + "/" + std::string(program);
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return std::nullopt;
}

/// What comes out of `fd` until it ends; none if that lasts beyond the deadline or is too much.
std::optional<std::string> read_all(int fd, Clock::time_point deadline) {
  std::string text;
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0 || text.size() > kMostBytes) return std::nullopt;
    pollfd wanted{fd, POLLIN, 0};
    if (::poll(&wanted, 1, static_cast<int>(left)) <= 0) continue;
    std::array<char, 4096> piece{};
    const ssize_t n = ::read(fd, piece.data(), piece.size());
    if (n == 0) return text;
    if (n < 0 && errno != EINTR) return std::nullopt;
    if (n > 0) text.append(piece.data(), static_cast<std::size_t>(n));
  }
}

/// What `git status` says of these paths, all if none are given; none if it fails or takes too long.
std::optional<std::string> status_of(const std::string& git, const std::string& folder,
                                     const std::vector<std::string>& paths, Clock::time_point deadline) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return std::nullopt;
  const UniqueFd ours(ends[0]);
  UniqueFd theirs(ends[1]);
  const UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  if (!null) return std::nullopt;

  ChildCommand command;
  command.program = git;
  command.program_name = "git";
  // No lock and no monitor: a measurement leaves the folder as it was, and starts nothing that stays.
  command.arguments = {"--no-optional-locks",
                       "-c",
                       "core.fsmonitor=false",
                       "-C",
                       folder,
                       "status",
                       "--porcelain=v2",
                       "--branch",
                       "--untracked-files=no",
                       "--ignore-submodules=all"};
  command.arguments.insert(command.arguments.end(), paths.begin(), paths.end());
  command.descriptors = {{null.get(), 0}, {theirs.get(), 1}, {null.get(), 2}};
  Result<ChildProcess> child = ChildProcess::start(command);
  if (!child) return std::nullopt;
  theirs.reset();
  std::optional<std::string> text = read_all(ours.get(), deadline);
  if (!text) return std::nullopt;  // the destructor ends it
  if (!child->wait().succeeded()) return std::nullopt;
  return text;
}

}  // namespace

std::optional<GitState> parse_git_status(std::string_view text) {
  GitState state;
  bool known = false;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    const auto value_of = [&](std::string_view key) -> std::optional<std::string> {
      if (!line.starts_with(key)) return std::nullopt;
      return line.substr(key.size());
    };
    if (const auto commit = value_of("# branch.oid ")) {
      known = true;
      if (*commit != "(initial)") state.commit = commit;
    } else if (const auto branch = value_of("# branch.head ")) {
      if (*branch != "(detached)") state.branch = branch;
    } else if (!line.empty() && line.front() != '#' && line.front() != '?' && line.front() != '!') {
      state.dirty = true;
    }
  }
  if (!known) return std::nullopt;
  return state;
}

std::optional<GitState> read_git_state(const std::string& folder, const std::string& notebook) {
  const std::optional<std::string> git = find_in_path("git");
  if (!git) return std::nullopt;
  const Clock::time_point deadline = Clock::now() + kPatience;
  // Not the folder as a whole, which may be the one that the code is in.
  std::vector<std::string> paths{"--", ":/"};
  for (const std::string_view ours : {"NOTEBOOK.md", ".gitattributes", "runs"}) {
    paths.push_back(fmt::format(":(exclude,literal){}/{}", notebook, ours));
  }
  const std::optional<std::string> text = status_of(*git, folder, paths, deadline);
  if (text) return parse_git_status(*text);
  // A notebook outside of the repository is refused, and changes nothing in it.
  const std::optional<std::string> all = status_of(*git, folder, {}, deadline);
  return all ? parse_git_status(*all) : std::nullopt;
}

}  // namespace labday
