// A fixed job and what came of it, for tests of what `labday resize` reports.
#pragma once

#include <chrono>

#include "report/resize_record.h"

namespace labday::testing {

/// Ten sources at 120 % and at 800 pixels.
inline Job fixed_job() {
  Job job;
  Source source;
  source.path = "photos/a.jpg";
  source.file_bytes = 1000;
  job.sources.assign(10, source);
  job.renditions.resize(2);
  job.renditions[0].scale = *Percent::parse("120.5");
  job.renditions[1].width = 800;
  job.renditions[1].filter = Filter::lanczos;
  job.output_folder = "out";
  return job;
}

/// All of it done in 1.25 s. `job` is borrowed.
inline ResizeRecord fixed_record(const Job& job) {
  ResizeRecord record{
      job, "0.1.0", "threads:workers=2", "", Grain::source, 2, "", std::chrono::milliseconds(1250),
      {},  false};
  record.totals.renditions = {20, 0, 0, 0};
  record.totals.sources = {10, 0, 0, 0};
  record.totals.bytes_read = 10'000;
  record.totals.bytes_written = 56'000'000;
  record.totals.pixels = 30'000'000;
  record.totals.stage_times[static_cast<std::size_t>(Stage::encode)] = std::chrono::milliseconds(2000);
  return record;
}

}  // namespace labday::testing
