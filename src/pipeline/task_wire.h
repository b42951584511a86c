// A task and what became of it, as parts of the messages between processes.
#pragma once

#include "base/wire.h"
#include "pipeline/job.h"
#include "pipeline/run_task.h"

namespace labday {

void write_task(WireWriter& out, const Task& task);
/// Not ok() where it is no task of a job with `renditions` of them; the source is not checked.
[[nodiscard]] Task read_task(WireReader& in, std::size_t renditions);

void write_task_result(WireWriter& out, const TaskResult& result);
/// Not ok() for anything that write_task_result() does not write, or that does not add up.
[[nodiscard]] TaskResult read_task_result(WireReader& in);

}  // namespace labday
