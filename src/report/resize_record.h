// What there is to say about one `labday resize`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "pipeline/error_groups.h"
#include "pipeline/job.h"
#include "pipeline/resume.h"
#include "pipeline/totals.h"

namespace labday {

struct ResizeRecord {
  const Job& job;  // borrowed; its sources are not looked at
  std::string version;
  std::string mode;         // the spec that executed it
  std::string mode_choice;  // how it was chosen, mode_choice_text(); empty where the user named it
  Grain grain = Grain::source;
  int workers = 1;
  std::string note;  // Mode::note()
  Nanoseconds wall{0};
  JobTotals totals;
  bool cancelled = false;
  std::uint64_t sources = 0;  // of this shard
  std::uint64_t source_bytes = 0;
  ErrorGroups error_groups;
  std::optional<JudgementCounts> resumed;  // --resume: what was found, by rendition
};

}  // namespace labday
