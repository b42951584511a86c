// The record of a round (lab/round_record.h) as JSON and back: sums by name, rows of tasks, workers and waits
// as tables, whose columns are listed once for the whole file.
#pragma once

#include "lab/round_record.h"
#include "report/json_parts.h"

namespace labday {

/// Rows are in whole microseconds since the beginning of the run; nothing is kept that is finer.
[[nodiscard]] Json json_round_record(const RoundRecord& record);

/// The names of the columns of task_rows, worker_rows and idle_rows.
[[nodiscard]] Json json_record_columns();

/// Throws Json::exception where it is not what json_round_record() makes.
[[nodiscard]] RoundRecord round_record_from_json(const Json& json);

}  // namespace labday
