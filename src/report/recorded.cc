#include "report/recorded.h"

#include <fmt/format.h>

#include <utility>

#include "pipeline/posix_io.h"
#include "report/bench_json.h"
#include "report/bench_schema.h"
#include "report/json_head.h"
#include "report/sweep_json.h"

namespace labday {
namespace {

constexpr std::int64_t kMostBytes = std::int64_t{1} << 30;

template <class Record>
Result<Recorded> as_recorded(Result<Record> record) {
  if (!record) return fail(std::move(record.error()));
  return Recorded(std::move(*record));
}

}  // namespace

std::string_view name(RunKind kind) { return kind == RunKind::bench ? "bench" : "sweep"; }

RunKind kind_of(const Recorded& recorded) {
  return std::holds_alternative<BenchRecord>(recorded) ? RunKind::bench : RunKind::sweep;
}

const Environment& environment_of(const Recorded& recorded) {
  return std::visit([](const auto& record) -> const Environment& { return record.result.environment; },
                    recorded);
}

Error schema_error(const std::string& schema, const std::string& path) {
  const auto same_kind = [&](std::string_view known) {
    return schema.starts_with(known.substr(0, known.find('/') + 1));
  };
  const bool later = same_kind(kBenchSchema) || same_kind(kSweepSchema);
  return {Stage::plan, ErrorCode::usage, path,
          fmt::format("the schema is {}, and this version of labday reads {} and {}{}", schema, kBenchSchema,
                      kSweepSchema, later ? "; a later labday reads it" : "")};
}

Ended ended_of(const Recorded& recorded) {
  return std::visit([](const auto& record) { return record.result.ended; }, recorded);
}

Result<Recorded> recorded_from_json(std::string_view text, const std::string& path) {
  const std::string schema = schema_of(text);
  if (schema == kSweepSchema) return as_recorded(sweep_record_from_json(text, path));
  if (schema == kBenchSchema) return as_recorded(bench_record_from_json(text, path));
  if (schema.starts_with("labday.")) {
    return fail(schema_error(schema, path));
  }
  return as_recorded(bench_record_from_json(text, path));  // which says what is wrong
}

Result<Recorded> read_recorded(const std::string& path) {
  const Result<Bytes> bytes = read_whole_file(path, kMostBytes);
  if (!bytes) return fail(bytes.error());
  return recorded_from_json({reinterpret_cast<const char*>(bytes->data()), bytes->size()}, path);
}

}  // namespace labday
