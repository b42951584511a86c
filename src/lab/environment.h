// Under which conditions an experiment ran: without them its seconds mean nothing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/cpu_budget.h"

namespace labday {

/// `0.1.0`
[[nodiscard]] std::string_view labday_version();

struct Environment {
  std::string version;
  CpuBudget cpu;
  std::string scratch_file_system;
};

/// Of this process, with the scratch folder at `scratch`.
[[nodiscard]] Environment read_environment(const std::string& scratch);

}  // namespace labday
