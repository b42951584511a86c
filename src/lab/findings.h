// Why a mode was slower than its workers allow: the closed list of causes, each with a name, a line that says
// what it means, and what would help. Part of the time of every worker is work on images; all the rest is put
// down to one of these. docs/findings.md explains them to users.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace labday {

enum class Cause : std::uint8_t {
  joins,             // workers that must not have a task while another one has
  oversubscription,  // more workers than cores: they waited for one another
  spawn_and_exit,    // processes that were made and taken down during the run
  transfer,          // tasks, results and pixels on their way between parent and workers
  storage,           // files that were waited for
  imbalance,         // at the end: nothing left to do for some while others worked on
  too_few_tasks,     // from the beginning: fewer tasks than workers
  machine_noise,     // other programs, or other guests, had the cores
};
inline constexpr int kCauseCount = 8;

/// `spawn_and_exit`, as JSON has it.
[[nodiscard]] std::string_view name(Cause cause);
/// `spawn and exit`, for a heading; no more than three words.
[[nodiscard]] std::string_view title(Cause cause);
/// One sentence in the imperative.
[[nodiscard]] std::string_view remedy(Cause cause);

/// A cause that took at least kLeastShare of a mode's time.
struct Finding {
  std::string mode;
  Cause cause = Cause::joins;
  double seconds = 0;    // of all workers together, a round
  double share = 0;      // of wall time × workers asked for
  std::string evidence;  // what was counted, as part of a sentence
};
inline constexpr double kLeastShare = 0.05;

}  // namespace labday
