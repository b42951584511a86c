// A job as bytes, for a process that is to execute it: versioned, length-prefixed, checked on the way in.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "pipeline/job.h"

namespace labday {

[[nodiscard]] Bytes to_wire(const Job& job);

/// ErrorCode::corrupt for anything that to_wire() of this version of labday did not write.
[[nodiscard]] Result<Job> job_from_wire(ByteView wire);

}  // namespace labday
