// The fixed experiment with records of its tasks, as a bench that was run has them.
#pragma once

#include "lab/round_record.h"
#include "support/experiments.h"

namespace labday::testing {

/// Four tasks on two workers, one behind the other.
inline RoundRecord small_record() {
  using std::chrono::milliseconds;
  RecordCollector collector;
  for (const int i : {0, 1, 2, 3}) {
    collector.add(task_of(i % 2, static_cast<std::uint32_t>(i), milliseconds(100 + 500 * (i / 2)),
                          milliseconds(400), milliseconds(390)));
  }
  return collector.finish(milliseconds(100), milliseconds(1100), {});
}

/// Every round of every mode has small_record().
inline FixedExperiment recorded_experiment() {
  FixedExperiment fixed = fixed_experiment();
  for (ModeRounds& mode : fixed.result.modes) {
    for (auto& round : mode.rounds) round->record = small_record();
  }
  return fixed;
}

}  // namespace labday::testing
