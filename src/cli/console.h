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

  /// Can the JSON's file be written? Asked before anything is started; changes nothing.
  [[nodiscard]] Result<void> check() const;

  /// Text that --quiet silences. An error where nobody could get it: a full disk, a closed pipe.
  [[nodiscard]] Result<void> say(std::string_view text) const;

  /// Writes the JSON where the user wants it.
  [[nodiscard]] Result<void> json(const std::string& text) const;

 private:
  bool quiet_;
  std::string json_;
};

/// Text for stderr. Nothing can be done, and nothing is, where nobody reads it.
void complain(std::string_view text);

/// `labday: …` on stderr, as errors of the whole command are shown.
void print_error(const Error& error);

/// Prints the error, if there is one. Was there none?
[[nodiscard]] bool succeeded(const Result<void>& result);

/// The error, and the exit status that it means before anything was started.
[[nodiscard]] ExitStatus refuse(const Error& error);

}  // namespace labday
