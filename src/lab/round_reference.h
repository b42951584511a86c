// What the baseline made of a job, which every round of that job is held against before its time counts.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "lab/manifest.h"
#include "pipeline/totals.h"

namespace labday {

/// A round counts where neither is set.
struct RoundVerdict {
  std::optional<Difference>
      difference;                // a file is not the baseline's: nothing that is timed is to be believed
  std::optional<Error> failure;  // it failed on more than the baseline did, and said so
};

class RoundReference {
 public:
  /// Of the round of the baseline that has just written to `folder`. no_space where the disk filled up, since
  /// that is no property of the sources: no mode could be timed on it.
  [[nodiscard]] static Result<RoundReference> read(const std::string& folder, JobTotals totals,
                                                   std::string baseline);

  [[nodiscard]] RoundVerdict judge(const Manifest& files, const JobTotals& totals) const;

  [[nodiscard]] const Manifest& files() const { return files_; }
  [[nodiscard]] const JobTotals& totals() const { return totals_; }

 private:
  RoundReference(Manifest files, JobTotals totals, std::string baseline)
      : files_(std::move(files)), totals_(std::move(totals)), baseline_(std::move(baseline)) {}

  [[nodiscard]] std::optional<Difference> first_wrong_file(const Manifest& actual) const;
  [[nodiscard]] Error why_fewer(const JobTotals& totals) const;

  Manifest files_;
  JobTotals totals_;
  std::string baseline_;
};

}  // namespace labday
