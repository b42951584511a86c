// Modes × rounds × the points of a grid: every round of the whole grid is interleaved with all others, so
// that what drifts while a sweep goes on for an hour drifts over all of it alike. A sweep can be killed at
// any time and goes on from what was saved last.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/result.h"
#include "lab/environment.h"
#include "lab/experiment.h"
#include "lab/round.h"
#include "lab/scratch.h"
#include "lab/sweep_estimate.h"
#include "lab/sweep_inputs.h"
#include "lab/sweep_plan.h"

namespace labday {

/// What all rounds of a job make alike, bad sources included; known from its warm-up.
struct SweepJobRecord {
  std::uint64_t sources = 0;
  std::uint64_t source_bytes = 0;
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
  std::string hash;  // Manifest::hash(); empty before the first warm-up
  JobTotals reference;
};

struct SweepFailure {
  std::size_t entry = 0;
  int block = 0;
  Error error;
};

struct SweepDisagreement {
  std::size_t entry = 0;
  int block = 0;
  Difference difference;
};

/// The record of a sweep; `SweepResult::blank()` is one of which nothing has taken place.
struct SweepResult {
  Environment environment;
  int sessions = 1;                  // how often labday was started for it
  std::vector<SweepJobRecord> jobs;  // of the grid
  /// By entry of the grid and by block; none where the round failed or has not taken place.
  std::vector<std::vector<std::optional<RoundResult>>> rounds;
  std::vector<SweepTurn> order;
  std::vector<SweepFailure> failures;
  std::optional<SweepDisagreement> disagreement;  // the sweep stopped there, and no time may be shown
  Ended ended = Ended::not_yet;

  [[nodiscard]] static SweepResult blank(const SweepGrid& grid);
  [[nodiscard]] int blocks() const { return order.empty() ? 0 : order.back().block; }
  [[nodiscard]] bool complete() const { return ended == Ended::rounds || ended == Ended::time; }
};

/// Which round is about to begin.
struct SweepPosition {
  std::size_t job = 0;
  std::optional<std::size_t> entry;  // none: the warm-up of the job
  int block = 0;
  std::size_t step = 0;  // 1 … steps, of this session, warm-ups included
  std::size_t steps = 0;
};

struct SweepHooks {
  std::function<void(const SweepEstimate&)> estimated = [](const SweepEstimate&) {};
  std::function<void(const SweepPosition&)> round_begins = [](const SweepPosition&) {};
  /// After each round and each warm-up, with all there is so far: to be saved.
  std::function<void(const SweepResult&)> round_ended = [](const SweepResult&) {};
  std::function<Clock::time_point()> now = Clock::now;
};

/// Warms up each job in the baseline's mode, untimed, the one with the fewest pixels first; tells how long
/// all will take as soon as kLongEnoughToEstimate is over; and plays blocks in each of which every entry of
/// the grid has one turn, in the order of RoundOrder over all entries. After every turn the files are read
/// back and compared with those of the job's warm-up.
///
/// `so_far` is blank, or what an earlier call handed to round_ended for the same plan (its number of rounds
/// and max_time may differ): then it goes on behind the last turn of that. corrupt where that is no beginning
/// of this sweep, or where the baseline makes other files than it did. Otherwise as run_experiment().
[[nodiscard]] Result<SweepResult> run_sweep(const SweepPlan& plan, SweepResult so_far, SweepInputs& inputs,
                                            RoundRunner& runner, Scratch& scratch, const SweepHooks& hooks,
                                            const CancelToken& cancel);

}  // namespace labday
