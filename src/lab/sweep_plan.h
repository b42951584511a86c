// The grid of a sweep: which jobs it makes of the sources it was given, which rounds it plays of each, and
// which of them belong to a point. Pure functions of the plan.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "pipeline/job.h"

namespace labday {

struct SweepMode {
  std::string spec;           // as given: the label of its results
  bool takes_workers = true;  // does its time depend on the workers asked for?
  bool operator==(const SweepMode&) const = default;
};

/// The axes are ascending, without duplicates, none of them empty.
struct SweepPlan {
  Job job;                         // the sources as they were found; its output_folder is not used
  std::vector<double> sources{1};  // how many of them, as a factor
  std::vector<double> sizes{1};    // of both sides of each, as a factor
  std::vector<int> workers{1};
  std::vector<SweepMode> modes;
  std::string baseline;  // the spec of one of the modes
  Grain grain = Grain::source;
  int rounds = 5;                       // blocks: each mode has a round a block at each point
  std::uint64_t seed = 0;               // of the order of the rounds and of the bootstrap
  std::optional<Nanoseconds> max_time;  // no block begins that would probably end later
};

enum class SweepAxis : std::uint8_t { sources, size, workers };
[[nodiscard]] std::string_view name(SweepAxis axis);
inline constexpr int kSweepAxes = 3;

/// One job: a number of sources of one size. All its rounds, whatever mode and workers, make the same files.
struct SweepJob {
  std::size_t sources = 0;  // places on the axes
  std::size_t size = 0;
};

/// One point of the grid.
struct SweepPoint {
  std::size_t job = 0;
  std::size_t workers = 0;  // place on the axis
};

/// What has one turn in each block.
struct SweepEntry {
  std::size_t job = 0;
  std::size_t mode = 0;
  std::size_t workers = 0;  // place on the axis; 0 for a mode that takes none, since it is timed once a job
  bool control = false;     // the baseline's second turn
};

class SweepGrid {
 public:
  explicit SweepGrid(const SweepPlan& plan);

  /// By number of sources, then by size.
  [[nodiscard]] const std::vector<SweepJob>& jobs() const { return jobs_; }
  /// By job, then by workers.
  [[nodiscard]] const std::vector<SweepPoint>& points() const { return points_; }
  [[nodiscard]] const std::vector<SweepEntry>& entries() const { return entries_; }

  /// The place among the entries of a mode's rounds at a point; several points share those of a mode that
  /// takes no workers.
  [[nodiscard]] std::size_t entry(std::size_t point, std::size_t mode) const;
  [[nodiscard]] std::size_t control(std::size_t point) const;
  [[nodiscard]] std::size_t point(std::size_t job, std::size_t workers) const {
    return job * worker_counts_ + workers;
  }
  [[nodiscard]] std::size_t job(std::size_t sources, std::size_t size) const {
    return sources * sizes_ + size;
  }
  [[nodiscard]] std::size_t baseline() const { return baseline_; }

 private:
  std::size_t sizes_;
  std::size_t worker_counts_;
  std::size_t modes_;
  std::size_t baseline_ = 0;
  std::vector<SweepJob> jobs_;
  std::vector<SweepPoint> points_;
  std::vector<SweepEntry> entries_;
  std::vector<std::size_t> entry_of_;  // by point and mode, the control behind the modes
};

/// A round, in the order of time.
struct SweepTurn {
  int block = 0;     // 1 …
  int position = 0;  // 1 …, within the block
  std::size_t entry = 0;
  bool operator==(const SweepTurn&) const = default;
};

/// The turns of all blocks, in the order that follows from the seed: RoundOrder over all entries of the grid.
[[nodiscard]] std::vector<SweepTurn> sweep_turns(const SweepPlan& plan, const SweepGrid& grid);

/// How many sources `factor` times `found` are: rounded, at least 1.
[[nodiscard]] std::uint64_t source_count(double factor, std::uint64_t found);

/// Which `count` of the sources, of these sizes in bytes, a job is made of: all of them as often as that
/// goes, and for the rest one of each of so many layers of equal size, smallest to largest, so that the mean
/// stays. Places in the order of the sources, each repetition behind the one before.
[[nodiscard]] std::vector<std::size_t> pick_sources(std::span<const std::uint64_t> bytes,
                                                    std::uint64_t count);

/// usage error where the grid has more than kMostSweepEntries.
[[nodiscard]] Result<void> check_grid_size(const SweepPlan& plan);
/// The same, and usage error where two values of --sources are the same number of sources, or one is more
/// than kMostSweepSources.
[[nodiscard]] Result<void> check_sweep(const SweepPlan& plan);
inline constexpr std::size_t kMostSweepEntries = 2000;
inline constexpr std::uint64_t kMostSweepSources = 1'000'000;

}  // namespace labday
