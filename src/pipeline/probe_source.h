// Reads just the header of a source, for names and estimates that are needed before anything is decoded.
#pragma once

#include "base/result.h"
#include "pipeline/job.h"

namespace labday {

struct ProbedSource {
  Size size;  // upright, if the job applies orientations
  PixelFormat format = PixelFormat::rgb;
};

/// Reads the first 64 KiB, and the whole file only where they are not enough.
[[nodiscard]] Result<ProbedSource> probe_source(const Job& job, const Source& source);

}  // namespace labday
