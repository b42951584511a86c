#include "pipeline/totals.h"

#include <algorithm>

namespace labday {
namespace {

// What was seen of a source.
constexpr std::uint8_t kSeen = 1;
constexpr std::uint8_t kDone = 2;
constexpr std::uint8_t kFailed = 4;
constexpr std::uint8_t kNotDone = 8;
constexpr std::uint8_t kReported = 16;  // an error of reading or decoding it is in the list

/// Not of a rendition: every task of the source comes back with it.
bool is_of_source(const Error& error) { return error.stage == Stage::read || error.stage == Stage::decode; }

std::uint8_t bits(const TaskResult& result) {
  unsigned seen = kSeen;
  if (result.done > 0) seen |= kDone;
  if (result.failed > 0) seen |= kFailed;
  if (result.not_done > 0) seen |= kNotDone;
  return static_cast<std::uint8_t>(seen);
}

void count(std::uint8_t state, Counts& sources) {
  if ((state & kFailed) != 0) {
    ++sources.failed;
  } else if ((state & kNotDone) != 0) {
    ++sources.not_done;
  } else if ((state & kDone) != 0) {
    ++sources.done;
  } else if ((state & kSeen) != 0) {
    ++sources.skipped;
  }
}

void add_counts(Counts& sum, const Counts& part) {
  sum.done += part.done;
  sum.skipped += part.skipped;
  sum.failed += part.failed;
  sum.not_done += part.not_done;
}

bool by_path(const Error& a, const Error& b) { return a.path < b.path; }

}  // namespace

void add_totals(JobTotals& sum, const JobTotals& part, std::size_t error_limit) {
  add_counts(sum.renditions, part.renditions);
  add_counts(sum.sources, part.sources);
  sum.warnings += part.warnings;
  sum.bytes_read += part.bytes_read;
  sum.bytes_written += part.bytes_written;
  sum.pixels += part.pixels;
  for (std::size_t stage = 0; stage < sum.stage_times.size(); ++stage) {
    sum.stage_times[stage] += part.stage_times[stage];
  }
  sum.error_count += part.error_count;
  for (const Error& error : part.errors) {
    if (sum.errors.size() < error_limit) sum.errors.push_back(error);
  }
  std::stable_sort(sum.errors.begin(), sum.errors.end(), by_path);
}

TotalsCollector::TotalsCollector(std::size_t source_count, std::size_t error_limit)
    : source_states_(source_count, 0), error_limit_(error_limit) {}

void TotalsCollector::add(const TaskResult& result) {
  sums_.renditions.done += result.done;
  sums_.renditions.skipped += result.skipped;
  sums_.renditions.failed += result.failed;
  sums_.renditions.not_done += result.not_done;
  sums_.warnings += result.warnings;
  sums_.bytes_read += result.bytes_read;
  sums_.bytes_written += result.bytes_written;
  sums_.pixels += result.pixels;
  for (std::size_t stage = 0; stage < sums_.stage_times.size(); ++stage) {
    sums_.stage_times[stage] += result.stage_times[stage];
  }
  std::uint8_t& state = source_states_.at(result.task.source);
  unsigned seen = state | bits(result);
  for (const Error& error : result.errors) {
    if (is_of_source(error)) {
      if ((seen & kReported) != 0) continue;
      seen |= kReported;
    }
    ++sums_.error_count;
    if (sums_.errors.size() < error_limit_) sums_.errors.push_back(error);
  }
  state = static_cast<std::uint8_t>(seen);
}

JobTotals TotalsCollector::totals() const {
  JobTotals totals = sums_;
  for (const std::uint8_t state : source_states_) count(state, totals.sources);
  // Parallel modes deliver in another order each time; a report should not change with it.
  std::stable_sort(totals.errors.begin(), totals.errors.end(), by_path);
  return totals;
}

}  // namespace labday
