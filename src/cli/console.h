// Where a command's words go: results to stdout, errors to stderr, and everything but JSON to stderr while
// JSON has stdout for itself.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "cli/exit_status.h"

namespace labday {

class Console {
 public:
  /// `json` is the value of --json: empty, a file, or `-`.
  Console(bool quiet, std::string json) : quiet_(quiet), json_(std::move(json)) {}

  [[nodiscard]] bool wants_json() const { return !json_.empty(); }

  /// Text that --quiet silences.
  void say(std::string_view text) const;

  /// Writes the JSON where the user wants it.
  [[nodiscard]] Result<void> json(const std::string& text) const;

 private:
  bool quiet_;
  std::string json_;
};

/// `labday: …` on stderr, as errors of the whole command are shown.
void print_error(const Error& error);

/// The error, and the exit status that it means before anything was started.
[[nodiscard]] ExitStatus refuse(const Error& error);

}  // namespace labday
