// A small grid and a sweep over it whose figures follow from a formula, for tests of what is made of them.
#pragma once

#include <functional>
#include <string>

#include "lab/sweep_record.h"
#include "support/experiments.h"

namespace labday::testing {

/// 4, 8 and 16 sources of two sizes, 1 and 2 workers; modes `base`, the baseline, which takes no workers, and
/// `fast` and `slow`, which do; three rounds.
inline SweepPlan small_grid() {
  SweepPlan plan;
  Source source;
  source.path = "photos/a.jpg";
  source.file_bytes = 1000;
  plan.job.sources.assign(8, source);
  plan.job.renditions.resize(1);
  plan.job.renditions[0].scale = {120, 0};
  plan.sources = {0.5, 1, 2};
  plan.sizes = {0.5, 1};
  plan.workers = {1, 2};
  plan.modes = {{"base", false}, {"fast", true}, {"slow", true}};
  plan.baseline = "base";
  plan.rounds = 3;
  plan.seed = 7;
  return plan;
}

/// Seconds of a mode, by its place, for so many sources, at a size factor, with so many workers.
using SecondsOf = std::function<double(std::size_t mode, double sources, double size, int workers)>;

/// A whole sweep in which the rounds of a block, and those of a mode, differ by up to 0.2 %.
inline SweepRecord sweep_with(const SweepPlan& plan, const SecondsOf& seconds_of) {
  SweepRecord record = sweep_record(plan, "0123456789abcdef0123456789abcdef");
  const SweepGrid grid(plan);
  SweepResult& result = record.result;
  result.environment = fixed_experiment().result.environment;
  for (std::size_t job = 0; job < grid.jobs().size(); ++job) {
    SweepJobRecord& facts = result.jobs[job];
    facts.sources = source_count(plan.sources[grid.jobs()[job].sources], plan.job.sources.size());
    const double size = plan.sizes[grid.jobs()[job].size];
    facts.source_bytes = static_cast<std::uint64_t>(1000 * size * size) * facts.sources;
    facts.files = facts.sources;
    facts.bytes = 5000 * facts.sources;
    facts.hash = "fedcba9876543210fedcba9876543210";
    facts.reference.renditions.done = facts.sources;
  }
  for (int block = 1; block <= plan.rounds; ++block) {
    for (std::size_t place = 0; place < grid.entries().size(); ++place) {
      const SweepEntry& entry = grid.entries()[place];
      const SweepJob& job = grid.jobs()[entry.job];
      const int workers = plan.workers[entry.workers];
      const double noise =
          1 + 0.001 * static_cast<double>((place * 7 + static_cast<std::size_t>(block) * 5) % 3);
      RoundResult round =
          round_of(noise * seconds_of(entry.mode, static_cast<double>(result.jobs[entry.job].sources),
                                      plan.sizes[job.size], workers));
      round.workers = workers;
      result.rounds[place].emplace_back(std::move(round));
      result.order.push_back({block, static_cast<int>(place) + 1, place});
    }
  }
  result.ended = Ended::rounds;
  return record;
}

/// `fast` needs a second to begin, and then 0.1 s a source and worker; `base` needs 0.2 s a source, so that
/// they meet at 10 sources of full size with one worker; `slow` is always slower than both.
inline SweepRecord crossing_sweep() {
  return sweep_with(small_grid(), [](std::size_t mode, double sources, double size, int workers) {
    const double work = sources * size * size;
    if (mode == 0) return 0.2 * work;
    if (mode == 1) return 1 + 0.1 * work / workers;
    return 3 + 0.3 * work / workers;
  });
}

}  // namespace labday::testing
