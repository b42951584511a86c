// A run as it is kept in a file, of whichever kind, with its kind told from the file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.h"
#include "lab/bench_record.h"
#include "lab/environment.h"
#include "lab/sweep_record.h"

namespace labday {

enum class RunKind : std::uint8_t { bench, sweep };
/// `bench`, `sweep`
[[nodiscard]] std::string_view name(RunKind kind);

using Recorded = std::variant<BenchRecord, SweepRecord>;

[[nodiscard]] RunKind kind_of(const Recorded& recorded);
[[nodiscard]] const Environment& environment_of(const Recorded& recorded);
[[nodiscard]] Ended ended_of(const Recorded& recorded);

/// Why a run with this schema is not read, which another version of labday has written.
[[nodiscard]] Error schema_error(const std::string& schema, const std::string& path);

/// What bench_json() or sweep_json() wrote; errors are those of bench_record_from_json().
[[nodiscard]] Result<Recorded> recorded_from_json(std::string_view text, const std::string& path);

/// The same from a file of at most 1 GiB.
[[nodiscard]] Result<Recorded> read_recorded(const std::string& path);

}  // namespace labday
