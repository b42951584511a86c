// A sweep as it is kept: enough to report it, and to go on with it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lab/sweep.h"

namespace labday {

struct SweepRecord {
  SweepPlan plan;             // its job has no sources and no output folder
  std::uint64_t sources = 0;  // that were found
  std::uint64_t source_bytes = 0;
  std::string sources_hash;  // hash_sources()
  /// The scratch folders of the labday that wrote this; gone, unless it was killed.
  std::vector<std::string> scratch_folders;
  SweepResult result;
};

/// With blank figures for `result`.
[[nodiscard]] SweepRecord sweep_record(const SweepPlan& plan, std::string sources_hash);

/// Why `record` cannot be gone on with by `planned`, in words (`the modes are blocking,threads, and were …`):
/// the plan, the content of the sources or the machine differ. Empty where it can. The number of rounds, the
/// time limit and the seed are not compared: whoever goes on takes the record's seed.
[[nodiscard]] std::vector<std::string> obstacles_to_resume(const SweepRecord& record,
                                                           const SweepRecord& planned);

/// Are the rounds that its plan wants all there, or will no more be played? Then it is complete as it is:
/// where there are more blocks than were wanted, they count.
[[nodiscard]] bool complete_as_it_is(SweepRecord& record);

}  // namespace labday
