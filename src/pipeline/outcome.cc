#include "pipeline/outcome.h"

#include <fmt/format.h>

#include <exception>
#include <new>
#include <utility>

namespace labday {

void add_error(TaskResult& result, Error error, const Source& source) {
  if (error.path.empty()) error.path = source.path;
  result.errors.push_back(std::move(error));
}

void add_outcome(TaskResult& result, Outcome outcome, const Source& source) {
  for (std::size_t s = 0; s < result.stage_times.size(); ++s) {
    result.stage_times[s] += outcome.costs.wall[s];
    if (result.record) result.record->cpu[s] += outcome.costs.cpu[s];
  }
  switch (outcome.state) {
    case Outcome::State::done:
      ++result.done;
      result.bytes_written += outcome.bytes;
      result.pixels += outcome.pixels;
      break;
    case Outcome::State::skipped:
      ++result.skipped;
      break;
    case Outcome::State::failed:
      ++result.failed;
      add_error(result, std::move(*outcome.error), source);
      break;
    case Outcome::State::not_done:
      ++result.not_done;
      break;
  }
}

void take_back(TaskResult& result, Error error) {
  result.failed += std::exchange(result.done, 0);
  result.bytes_written = 0;
  result.pixels = 0;
  if (result.failed > 0 && result.errors.size() < result.failed) result.errors.push_back(std::move(error));
}

OnExists on_exists(const Job& job, const Task& task) {
  return task.replace ? OnExists::replace : job.on_exists;
}

std::vector<std::string> names_before_reading(const Job& job, const Task& task) {
  std::vector<std::string> names;
  for (std::uint16_t i = task.first; i < task.last; ++i) {
    const Rendition& rendition = job.renditions[i];
    if (job.name.needs_size(rendition)) return {};
    auto name = job.name.expand(job.sources[task.source], rendition, {});
    if (!name) return {};
    names.push_back(std::move(*name));
  }
  return names;
}

Error error_of_exception(Stage stage) {
  try {
    throw;
  } catch (const std::bad_alloc&) {
    return {stage, ErrorCode::out_of_memory, {}, "there is not enough memory for it"};
  } catch (const std::exception& e) {
    return {stage, ErrorCode::internal, {}, fmt::format("unexpected exception: {}", e.what())};
  }
}

}  // namespace labday
