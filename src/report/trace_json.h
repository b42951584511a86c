// Rounds as a trace in the JSON of Chrome's trace-event format, which Perfetto and chrome://tracing load.
// Source: N. Duca, D. Sinclair, Trace Event Format (2016).
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "lab/bench_record.h"

namespace labday {

struct TraceWish {
  std::vector<std::string> modes;  // of the record; empty: all
  std::vector<int> rounds;         // 1 …; empty: all
};

struct Trace {
  std::string json;                   // one line an event
  std::vector<std::string> left_out;  // what was wanted and is not in the record, a sentence each
};

/// Every round that has rows of tasks is a process of its own, named after mode and round, and begins at 0;
/// every lane of a worker (lanes.h) is a thread in it. Tasks are complete events, their stages complete
/// events inside them; what a worker of a floating pool waited is on a thread of its own, beside its tasks.
/// usage error where no round that is wanted has rows, or where a mode or a round is wanted that the record
/// does not have.
[[nodiscard]] Result<Trace> trace_json(const BenchRecord& record, const TraceWish& wish);

}  // namespace labday
