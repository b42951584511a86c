// The sources of a sweep's jobs: the user's own, in other numbers and sizes. They lie in scratch space; the
// user's folder is only read.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/cancel.h"
#include "base/result.h"
#include "lab/sweep_plan.h"

namespace labday {

/// Makes what a job needs when it is asked for. Each source of a job is a link, `{number}-{its name}` in a
/// folder as it has in its SOURCE, so that names never collide however often a source is repeated. It leads
/// to the user's own file, or to one that was resampled from it (bicubic) and written once for all jobs of
/// that size: as a JPEG (quality 90, 4:2:0, without profile) if the source is an opaque JPEG, else as a PNG.
/// If the job applies orientations, the resampled file is upright. A source that cannot be decoded is linked
/// as it is at every size, and fails in every job as it does in the user's.
class SweepInputs {
 public:
  /// `plan` is borrowed; `folder` is empty, absolute, and belongs to this.
  SweepInputs(const SweepPlan& plan, std::string folder) : plan_(plan), folder_(std::move(folder)) {}

  /// The sources of a job. over_limit where a resampled source would be refused when it is read.
  [[nodiscard]] Result<std::vector<Source>> make(const SweepJob& job, const CancelToken& cancel);

  /// Errors about sources of a job, which are about links: each gets the path of the user's own source.
  void name_originals(const SweepJob& job, std::span<Error> errors) const;

 private:
  [[nodiscard]] std::string root_of(const SweepJob& job) const;
  /// Of which of the user's sources, by place, the job is made.
  [[nodiscard]] std::vector<std::size_t> picked(const SweepJob& job) const;
  Result<Source> resample(const Source& source, std::size_t size, std::size_t number);
  Result<const std::vector<Source>*> of_size(std::size_t size, const CancelToken& cancel);

  const SweepPlan& plan_;
  std::string folder_;
  std::vector<std::vector<Source>> by_size_;  // by place on the axis; empty where not made yet
};

/// What a sweep takes: all its inputs, and the files of its largest round. Told from the headers of the
/// sources.
struct SweepSpace {
  std::uint64_t inputs_bytes = 0;
  std::uint64_t round_bytes = 0;
  std::vector<double> job_pixels;  // of the renditions of each job of the grid
};
[[nodiscard]] SweepSpace estimate_sweep_space(const SweepPlan& plan, const SweepGrid& grid);

/// One hash of what the sources are called and hold: of a sweep that goes on they have to be the same.
[[nodiscard]] Result<std::string> hash_sources(const Job& job);

}  // namespace labday
