#include "cli/console.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "report/text_file.h"

namespace labday {
namespace {

/// Empty: that of all usage errors.
std::string& usage_remedy() {
  static std::string text;
  return text;
}

}  // namespace

Result<void> Console::say(std::string_view text) const {
  if (quiet_) return {};
  std::FILE* const out = text_to_stderr_ ? stderr : stdout;
  const bool written = std::fwrite(text.data(), 1, text.size(), out) == text.size();
  if (std::fflush(out) == 0 && written) return {};
  return fail(system_error(Stage::write, errno, out == stdout ? "stdout" : "stderr", "cannot write"));
}

Canvas Console::canvas() const { return canvas_of(text_to_stderr_ ? STDERR_FILENO : STDOUT_FILENO); }

bool Console::keeps_json() const { return !json_.empty() && json_ != "-" && replaceable(json_); }

Result<void> Console::json(const std::string& text) const {
  if (json_.empty()) return {};
  if (keeps_json()) return replace_file(json_, text);
  std::FILE* const out = json_ == "-" ? stdout : std::fopen(json_.c_str(), "we");
  if (out == nullptr) return fail(system_error(Stage::write, errno, json_, "cannot open"));
  const bool written = std::fwrite(text.data(), 1, text.size(), out) == text.size();
  const bool finished = out == stdout ? std::fflush(out) == 0 : std::fclose(out) == 0;
  if (written && finished) return {};
  return fail(system_error(Stage::write, errno, json_, "cannot write"));
}

void complain(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stderr); }

void speak_for(const std::string& command) { usage_remedy() = fmt::format("See labday {} --help", command); }

void print_error(const Error& error) {
  Error shown = error;
  if (shown.code == ErrorCode::usage && shown.own_remedy.empty()) shown.own_remedy = usage_remedy();
  complain(fmt::format("labday: {}\n", to_line(shown)));
}

bool succeeded(const Result<void>& result) {
  if (!result) print_error(result.error());
  return result.has_value();
}

ExitStatus refuse(const Error& error) {
  print_error(error);
  return kNothingStarted;
}

}  // namespace labday
