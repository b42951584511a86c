// What became of one rendition, and how renditions add up to the result of a task: shared by run_task() and
// by modes that compose the stages themselves.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "pipeline/job.h"
#include "pipeline/run_task.h"

namespace labday {

/// One rendition's own slot, so that renditions made in parallel share nothing.
struct Outcome {
  enum class State : std::uint8_t { not_done, done, skipped, failed };
  State state = State::not_done;
  std::uint64_t bytes = 0;
  std::uint64_t pixels = 0;
  StageCosts costs;
  std::int32_t worker = 0;  // that began it, for modes in which it is not the task's
  std::optional<Error> error;

  void fail_with(Error why) {
    state = State::failed;
    error = std::move(why);
  }
};

/// Adds an error to a task's; one without a path is about the source.
void add_error(TaskResult& result, Error error, const Source& source);

/// Adds a rendition to its task's result.
void add_outcome(TaskResult& result, Outcome outcome, const Source& source);

/// What was said to be done cannot be relied on after all, for this reason.
void take_back(TaskResult& result, Error error);

/// What happens where a file of this task exists already.
[[nodiscard]] OnExists on_exists(const Job& job, const Task& task);

/// The names of a task's renditions, where they can be told before the source was read; empty where not.
[[nodiscard]] std::vector<std::string> names_before_reading(const Job& job, const Task& task);

/// The exception that is being handled, as an error of `stage`.
[[nodiscard]] Error error_of_exception(Stage stage);

/// Runs `body`, which returns a Result; exceptions become errors of `stage`.
template <class Body>
auto guarded(Stage stage, Body body) -> decltype(body()) {
  try {
    return body();
  } catch (...) {
    return fail(error_of_exception(stage));
  }
}

}  // namespace labday
