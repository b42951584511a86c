#include "report/failed_sources.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "report/wording.h"

namespace labday {

std::vector<Error> one_a_path(std::vector<Error> errors) {
  std::stable_sort(errors.begin(), errors.end(),
                   [](const Error& a, const Error& b) { return a.path < b.path; });
  const auto same = [](const Error& a, const Error& b) { return a.path == b.path; };
  errors.erase(std::unique(errors.begin(), errors.end(), same), errors.end());
  return errors;
}

std::vector<Error> bad_sources(const SweepRecord& record) {
  std::vector<Error> errors;
  for (const SweepJobRecord& job : record.result.jobs) {
    errors.insert(errors.end(), job.reference.errors.begin(), job.reference.errors.end());
  }
  return one_a_path(std::move(errors));
}

std::string failed_sources_text(std::uint64_t failed, std::uint64_t sources,
                                const std::vector<Error>& errors) {
  if (failed == 0) return "";
  std::set<std::string> names;
  for (const Error& error : errors) {
    if (error.stage == Stage::read || error.stage == Stage::decode) names.insert(error.path);
  }
  std::string list;
  std::uint64_t named = 0;
  for (const std::string& name : names) {
    if (named == kMostNamed) break;
    list += (named++ == 0 ? ": " : ", ") + printable(name);
  }
  if (named > 0 && failed > named) list += fmt::format(" and {} more", with_commas(failed - named));
  return fmt::format("{} of {} failed{}.", with_commas(failed), counted(sources, "source"), list);
}

std::string failed_sources_text(const Recorded& recorded) {
  if (const auto* bench = std::get_if<BenchRecord>(&recorded)) {
    const JobTotals& totals = bench->result.reference;
    return failed_sources_text(totals.sources.failed, bench->sources, totals.errors);
  }
  const auto& sweep = std::get<SweepRecord>(recorded);
  const std::vector<Error> errors = bad_sources(sweep);
  return failed_sources_text(errors.size(), sweep.sources, errors);
}

}  // namespace labday
