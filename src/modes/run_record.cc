#include "modes/run_record.h"

namespace labday {

std::vector<WorkerRecord> worker_records(const std::vector<IdleLog>& logs, Nanoseconds until) {
  std::vector<WorkerRecord> records;
  for (const IdleLog& log : logs) {
    WorkerRecord record;
    record.worker = static_cast<std::int32_t>(records.size());
    record.kernel = log.kernel_figures();
    record.idle = log.spans(until);
    records.push_back(std::move(record));
  }
  return records;
}

}  // namespace labday
