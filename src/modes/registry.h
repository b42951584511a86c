// Every mode there is, and how one is asked for: `name` or `name:key=value,key=value`.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "modes/mode.h"

namespace labday {

/// All modes, the baseline first.
[[nodiscard]] std::span<const ModeInfo* const> all_modes();

/// A mode with its parameters. The label under which results are shown is the text as it was given.
struct ModeSpec {
  std::string text;
  const ModeInfo* info = nullptr;
  std::map<std::string, std::string> values;

  /// usage error that lists what is known for an unknown mode or parameter, and for one given twice.
  [[nodiscard]] static Result<ModeSpec> parse(std::string_view text);

  /// A comma-separated list; a piece `key=value` belongs to the spec before it, as in
  /// `blocking,threads:workers=2,multiprocessing:join=each,start=spawn`. No spec may be there twice.
  [[nodiscard]] static Result<std::vector<ModeSpec>> parse_list(std::string_view text);

  /// Do the workers that are asked for matter to it? Not where the spec has its own, nor where the mode has
  /// none.
  [[nodiscard]] bool takes_workers() const;

  /// The value of `workers=`, or `fallback` where it is not set (0 or `auto` are not values); 1 for a mode
  /// that has no such parameter.
  [[nodiscard]] Result<int> workers(int fallback) const;
};

/// How it gives tasks to workers. `workers` is used unless the spec sets its own.
[[nodiscard]] Result<Scheduling> scheduling_of(const ModeSpec& spec, int workers);

/// usage error where the job requires a sandbox that the mode does not have.
[[nodiscard]] Result<void> check_sandbox(const ModeSpec& spec, Sandbox wanted);

/// Makes the mode, ready to start. `workers` is used unless the spec sets its own.
[[nodiscard]] Result<std::unique_ptr<Mode>> make_mode(const ModeSpec& spec, const Job& job, Io& io,
                                                      int workers);

}  // namespace labday
