#include "report/progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <vector>

#include "base/text.h"
#include "lab/experiment.h"
#include "report/table.h"

namespace labday {
namespace {

constexpr Nanoseconds kRedrawPause = std::chrono::milliseconds(100);
constexpr std::string_view kClearLine = "\r\x1b[K";

/// A terminal that does not take its bytes is not worth an error.
void write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::write(fd, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
}

/// The first `columns` columns of UTF-8 text.
std::string_view cut(std::string_view utf8, int columns) {
  std::size_t end = utf8.size();
  while (end > 0 && display_width(utf8.substr(0, end)) > static_cast<std::size_t>(std::max(0, columns))) {
    --end;
    while (end > 0 && (static_cast<unsigned char>(utf8[end]) & 0xC0U) == 0x80U) --end;
  }
  return utf8.substr(0, end);
}

/// `0:03`, `2:00:00`
std::string clock_text(double seconds) {
  const auto whole = static_cast<std::uint64_t>(std::ceil(std::min(seconds, 1e9)));
  const std::uint64_t hours = whole / 3600;
  const std::uint64_t minutes = whole / 60 % 60;
  return hours > 0 ? fmt::format("{}:{:02}:{:02}", hours, minutes, whole % 60)
                   : fmt::format("{}:{:02}", minutes, whole % 60);
}

std::string bar(double fraction, int columns) {
  const int filled = static_cast<int>(fraction * columns);
  return "[" + std::string(static_cast<std::size_t>(filled), '#') +
         std::string(static_cast<std::size_t>(columns - filled), '-') + "]";
}

std::string join(const std::vector<std::string>& parts) {
  std::string line;
  for (const std::string& part : parts) {
    if (part.empty()) continue;
    if (!line.empty()) line += "  ";
    line += part;
  }
  return line;
}

}  // namespace

bool progress_wanted(ProgressMode mode, int fd) {
  if (mode != ProgressMode::automatic) return mode == ProgressMode::on;
  const char* term = std::getenv("TERM");
  return ::isatty(fd) == 1 && term != nullptr && std::string_view(term) != "dumb";
}

int StatusLine::columns() const {
  constexpr int kUnknown = 80;
  winsize size{};
  const bool known = ::ioctl(fd_, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  // The last column stays free: a terminal would begin a new line behind it.
  return (known ? size.ws_col : kUnknown) - 1;
}

bool StatusLine::due(Clock::time_point now) const {
  return enabled_ && (!drawn_before_ || now - last_ >= kRedrawPause);
}

void StatusLine::show(std::string_view line, Clock::time_point now) {
  if (!enabled_) return;
  shown_ = cut(line, columns());
  write_all(fd_, std::string(kClearLine) + shown_);
  last_ = now;
  drawn_before_ = true;
}

void StatusLine::message(std::string_view line) {
  std::string text = shown_.empty() ? "" : std::string(kClearLine);
  text += line;
  text += '\n';
  write_all(fd_, text + shown_);
}

void StatusLine::clear() {
  if (!shown_.empty()) write_all(fd_, kClearLine);
  shown_.clear();
}

std::string progress_line(const ProgressState& state, int columns) {
  constexpr int kShortestBar = 10;
  constexpr int kLongestBar = 30;
  const double fraction = std::clamp(state.fraction, 0.0, 1.0);
  const double elapsed = to_seconds(state.elapsed);

  // In the order on the line; the bar comes first and takes what is left.
  std::array<std::string, 6> parts;
  auto& [percent, count, rate, bytes, failed, eta] = parts;
  percent = fmt::format("{:3.0f} %", std::floor(100 * fraction));
  count = fmt::format("{}/{}", with_commas(state.renditions), with_commas(state.renditions_total));
  if (elapsed > 0 && state.renditions > 0) {
    rate = fmt::format("{:.1f}/s", static_cast<double>(state.renditions) / elapsed);
  }
  bytes = human_bytes(state.bytes_written);
  if (state.failed > 0) failed = fmt::format("{} failed", with_commas(state.failed));
  if (fraction > 0) eta = "ETA " + clock_text(elapsed * (1 - fraction) / fraction);

  const auto line = [&] { return join({parts.begin(), parts.end()}); };
  const std::array<std::string*, 5> dispensable{&bytes, &rate, &eta, &failed, &count};
  for (std::string* part : dispensable) {
    if (static_cast<int>(line().size()) <= columns) break;
    part->clear();
  }
  const std::string text = line();
  const int room = columns - static_cast<int>(text.size()) - 4;  // brackets and two spaces
  if (room < kShortestBar) return std::string(cut(text, columns));
  return bar(fraction, std::min(room, kLongestBar)) + "  " + text;
}

std::string progress_line(const RoundPosition& position) {
  std::string where = "Warm-up";
  if (position.round > 0) where = fmt::format("Round {}", position.round);
  if (position.round > 0 && position.rounds > 0) where += fmt::format(" of {}", position.rounds);
  std::string line = fmt::format("{} in {} mode", where, printable(position.mode));
  if (position.steps > 0) line += fmt::format(" ({} of {})", position.step, position.steps);
  return line;
}

JobProgress::JobProgress(const Job& job, std::span<const Task> slices, StatusLine& line)
    : job_(job), line_(line) {
  for (const Task& slice : slices) {
    const int renditions = slice.last - slice.first;
    state_.renditions_total += static_cast<std::uint64_t>(renditions);
    work_total_ += static_cast<double>(job.sources[slice.source].file_bytes) * renditions;
  }
}

void JobProgress::add(const TaskResult& result) {
  const int renditions = result.task.last - result.task.first;
  state_.renditions += static_cast<std::uint64_t>(renditions);
  state_.failed += result.failed;
  state_.bytes_written += result.bytes_written;
  work_done_ += static_cast<double>(job_.sources.at(result.task.source).file_bytes) * renditions;
  state_.fraction = work_total_ > 0 ? work_done_ / work_total_ : 0;
  const Clock::time_point now = Clock::now();
  if (!line_.due(now)) return;
  state_.elapsed = now - begin_;
  line_.show(progress_line(state_, line_.columns()), now);
}

}  // namespace labday
