#include "lab/round_reference.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace labday {

Result<RoundReference> RoundReference::read(const std::string& folder, JobTotals totals,
                                            std::string baseline) {
  for (const Error& error : totals.errors) {
    if (error.code == ErrorCode::no_space) return fail(error);
  }
  Result<Manifest> files = read_manifest(folder);
  if (!files) return fail(std::move(files.error()));
  return RoundReference(std::move(*files), std::move(totals), std::move(baseline));
}

RoundVerdict RoundReference::judge(const Manifest& files, const JobTotals& totals) const {
  RoundVerdict verdict;
  if (totals.renditions == totals_.renditions) {
    verdict.difference = first_difference(files_, files);
    return verdict;
  }
  // A mode may fail where the baseline did not, if it says so; what it did write has to be right.
  verdict.difference = first_wrong_file(files);
  if (!verdict.difference) verdict.failure = why_fewer(totals);
  return verdict;
}

/// The first file that is there and should not be, or not so.
std::optional<Difference> RoundReference::first_wrong_file(const Manifest& actual) const {
  Manifest wanted;  // of what is expected, the files that are there
  std::set_intersection(files_.files.begin(), files_.files.end(), actual.files.begin(), actual.files.end(),
                        std::back_inserter(wanted.files),
                        [](const ManifestEntry& a, const ManifestEntry& b) { return a.name < b.name; });
  return first_difference(wanted, actual);
}

Error RoundReference::why_fewer(const JobTotals& totals) const {
  Error error{Stage::plan, ErrorCode::internal, {}, {}};
  for (const Error& candidate : totals.errors) {
    const bool known = std::any_of(totals_.errors.begin(), totals_.errors.end(), [&](const Error& e) {
      return e.path == candidate.path && e.code == candidate.code;
    });
    if (known) continue;
    error = candidate;
    break;
  }
  const std::string counts = fmt::format("{} renditions done, but {} in {} mode", totals.renditions.done,
                                         totals_.renditions.done, baseline_);
  error.detail = error.detail.empty() ? counts : counts + ": " + error.detail;
  return error;
}

}  // namespace labday
