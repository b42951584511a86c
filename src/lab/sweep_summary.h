// A sweep's rounds in the figures that are shown of them: each point as an experiment of its own, where the
// ranking changes between points, and how the modes scale with their workers.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "lab/crossings.h"
#include "lab/scaling.h"
#include "lab/summary.h"
#include "lab/sweep.h"

namespace labday {

struct SweepPointSummary {
  SweepPoint point;
  std::uint64_t sources = 0;
  Summary summary;  // its modes' seconds are those of the whole job
};

/// Two modes change places between two points that differ on one axis only.
struct Crossover {
  SweepAxis axis = SweepAxis::sources;
  SweepPoint before;         // the point at which `loser` is still faster
  SweepPoint after;          // the point at which `winner` is
  bool beyond_noise = true;  // Crossing::beyond_noise
  std::string loser;
  std::string winner;
  double at = 0;  // on the axis: a number of sources, a size factor, or a number of workers
  Interval interval;
};

/// How a mode's time follows from its workers.
struct SweepScaling {
  std::size_t job = 0;
  std::string mode;
  ScalingLaws laws;
};

struct SweepSummary {
  std::vector<SweepPointSummary> points;  // of the grid, in its order
  std::vector<Crossover> crossovers;      // by axis, along it
  std::vector<SweepScaling> scalings;     // of the modes that take workers; none where one count was tried
};

/// The value of a point on an axis: its number of sources, its size factor or its workers.
[[nodiscard]] double axis_value(const SweepPlan& plan, const SweepResult& result, const SweepGrid& grid,
                                SweepAxis axis, const SweepPoint& point);

/// The points alone. Nothing after a disagreement.
[[nodiscard]] std::vector<SweepPointSummary> summarise_points(const SweepPlan& plan,
                                                              const SweepResult& result);

/// Nothing at all after a disagreement. Which of two modes is faster at a point is claimed by the rules of
/// compare_modes(): beyond the noise floor of the point, and significant after Holm's correction, here for
/// all pairs at all points, since a crossover could have been found anywhere.
[[nodiscard]] SweepSummary summarise_sweep(const SweepPlan& plan, const SweepResult& result);

}  // namespace labday
