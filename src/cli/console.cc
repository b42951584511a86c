#include "cli/console.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>

namespace labday {

void Console::say(std::string_view text) const {
  if (quiet_) return;
  std::FILE* const out = json_ == "-" ? stderr : stdout;
  std::fwrite(text.data(), 1, text.size(), out);
  std::fflush(out);
}

Result<void> Console::json(const std::string& text) const {
  if (json_.empty()) return {};
  std::FILE* const out = json_ == "-" ? stdout : std::fopen(json_.c_str(), "we");
  if (out == nullptr) return fail(system_error(Stage::write, errno, json_, "cannot open"));
  const bool written = std::fwrite(text.data(), 1, text.size(), out) == text.size();
  const bool finished = out == stdout ? std::fflush(out) == 0 : std::fclose(out) == 0;
  if (written && finished) return {};
  return fail(system_error(Stage::write, errno, json_, "cannot write"));
}

void print_error(const Error& error) { fmt::print(stderr, "labday: {}\n", to_line(error)); }

ExitStatus refuse(const Error& error) {
  print_error(error);
  return kNothingStarted;
}

}  // namespace labday
