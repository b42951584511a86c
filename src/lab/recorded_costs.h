// From the record of a round to what a replay needs: the costs of its tasks, source by source, and what its
// mode added to them.
#pragma once

#include <cstdint>
#include <vector>

#include "lab/replay.h"
#include "lab/round_record.h"
#include "modes/scheduling.h"

namespace labday {

/// The tasks of a source. Where a round kept not all of its rows, each row is a source.
struct SourceCosts {
  std::uint32_t source = 0;
  double size = 0;  // by which sources are ordered: bytes
  std::vector<TaskCost> tasks;
};

struct RecordedCosts {
  std::vector<SourceCosts> sources;  // in the order of the job
  Overheads overheads;
};

/// Waits for cores are no cost: they depend on who else was there. `record` has rows.
[[nodiscard]] RecordedCosts recorded_costs(const RoundRecord& record, const Scheduling& scheduling);

}  // namespace labday
