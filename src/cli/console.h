// Where a command's words go: results to stdout, errors to stderr, and everything but JSON to stderr while
// JSON has stdout for itself.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "cli/exit_status.h"
#include "report/bars.h"

namespace labday {

class Console {
 public:
  /// `json` is the value of --json: empty, a file, or `-`. `stdout_taken`: something else has it for itself.
  Console(bool quiet, std::string json, bool stdout_taken = false)
      : quiet_(quiet), text_to_stderr_(stdout_taken || json == "-"), json_(std::move(json)) {}

  [[nodiscard]] bool wants_json() const { return !json_.empty(); }

  /// Text that --quiet silences. An error where nobody could get it: a full disk, a closed pipe.
  [[nodiscard]] Result<void> say(std::string_view text) const;

  /// Room for pictures in what is said; none unless a terminal shows it.
  [[nodiscard]] Canvas canvas() const;

  /// May json() be called again and again, each time replacing what was there as a whole?
  [[nodiscard]] bool keeps_json() const;

  /// Writes the JSON where the user wants it. A file is replaced at once where keeps_json(): whoever reads it
  /// finds the old text or the new one, whatever happens meanwhile.
  [[nodiscard]] Result<void> json(const std::string& text) const;

 private:
  bool quiet_;
  bool text_to_stderr_;
  std::string json_;
};

/// Text for stderr. Nothing can be done, and nothing is, where nobody reads it.
void complain(std::string_view text);

/// Whose help a usage error points to from now on.
void speak_for(const std::string& command);

/// `labday: …` on stderr, as errors of the whole command are shown.
void print_error(const Error& error);

/// Prints the error, if there is one. Was there none?
[[nodiscard]] bool succeeded(const Result<void>& result);

/// The error, and the exit status that it means before anything was started.
[[nodiscard]] ExitStatus refuse(const Error& error);

}  // namespace labday
