// Where did the seconds go? Wall time × workers asked for is what a round could have used; this accounts for
// it: work, by stage, and what was lost, by cause. Pure functions of a round's record and of how the mode
// schedules. docs/findings.md says how each part is measured, and what is not known.
#pragma once

#include <array>
#include <vector>

#include "lab/experiment.h"
#include "lab/findings.h"
#include "lab/round_record.h"
#include "modes/scheduling.h"
#include "pipeline/task_record.h"

namespace labday {

/// Worker seconds. worker_seconds = useful + lost + unexplained, to rounding.
struct Accounting {
  double worker_seconds = 0;                 // wall time × workers asked for
  std::array<double, kStageCount> useful{};  // CPU time by Stage
  std::array<double, kCauseCount> lost{};    // by Cause
  double unexplained = 0;                    // below 0 where something was counted twice

  [[nodiscard]] double useful_seconds() const;
  [[nodiscard]] double lost_to(Cause cause) const { return lost.at(static_cast<std::size_t>(cause)); }
};

/// Of a single round. `cores`: how many workers can make progress at the same time.
[[nodiscard]] Accounting account_for(const RoundRecord& record, Nanoseconds wall,
                                     const Scheduling& scheduling, int cores);

struct ModeDiagnosis {
  std::string mode;
  int rounds = 0;                 // that have a record
  Accounting accounting;          // the mean of these
  std::vector<Finding> findings;  // the largest first
};

/// Of every mode that has rounds with a record, in the order of the plan. Empty after a disagreement.
[[nodiscard]] std::vector<ModeDiagnosis> diagnose(const ExperimentPlan& plan, const ExperimentResult& result);

/// One mode's rounds.
[[nodiscard]] ModeDiagnosis diagnose_mode(const ModeRounds& rounds, const Scheduling& scheduling, int cores);

}  // namespace labday
