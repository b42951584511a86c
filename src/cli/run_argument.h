// How a run is named on the command line: by its number in the notebook, or by the file that --json wrote.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "report/notebook.h"

namespace labday {

/// The number, for digits alone; everything else is a path.
[[nodiscard]] std::optional<int> run_number(const std::string& argument);

/// The file that it is read from, whether that is there or not. `notebook` is the folder of the notebook.
[[nodiscard]] std::string run_path(const std::string& argument, const std::string& notebook);

/// Reads it; `notebook` is the folder of the notebook.
[[nodiscard]] Result<Recorded> read_run(const std::string& argument, const std::string& notebook);

/// The same, where only a bench will do: usage error for a sweep.
[[nodiscard]] Result<BenchRecord> read_bench_run(const std::string& argument, const std::string& notebook);

/// An error of reading runs, with what to do where a folder was named.
[[nodiscard]] Error run_error(Error error);

}  // namespace labday
