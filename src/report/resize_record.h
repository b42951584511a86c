// What there is to say about one `labday resize`.
#pragma once

#include <string>

#include "base/clock.h"
#include "pipeline/job.h"
#include "pipeline/totals.h"

namespace labday {

struct ResizeRecord {
  const Job& job;  // borrowed
  std::string version;
  std::string mode;         // the spec that executed it
  std::string mode_choice;  // how it was chosen, mode_choice_text(); empty where the user named it
  Grain grain = Grain::source;
  int workers = 1;
  std::string note;  // Mode::note()
  Nanoseconds wall{0};
  JobTotals totals;
  bool cancelled = false;
};

}  // namespace labday
