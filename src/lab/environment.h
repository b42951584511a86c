// Under which conditions an experiment ran: without them its seconds mean nothing. What the machine does not
// tell is none, never a zero or an empty text.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/cpu_budget.h"
#include "lab/build_facts.h"
#include "lab/git_state.h"
#include "lab/machine_load.h"

namespace labday {

/// `0.1.0`
[[nodiscard]] std::string_view labday_version();

struct Environment {
  std::string version;  // of labday
  CpuBudget cpu;
  std::string scratch_file_system;
  std::optional<std::string> cpu_model;
  std::optional<std::string> kernel;  // `Linux 6.1.0-18-amd64`
  std::string simd;                   // simd_target()
  BuildFacts build;
  std::optional<GitState> git;  // of the folder that the user works in
  MachineLoad before;           // when the experiment began
  MachineLoad after;            // after its last round so far
};

/// Of this process, with the scratch folder at `scratch`; changes of the notebook are none of the code
/// (git_state.h). `after` is as `before`: read it anew when time has passed.
[[nodiscard]] Environment read_environment(const std::string& scratch, const std::string& notebook);

/// `model name` of the text of /proc/cpuinfo, or what ARM has instead; none where neither is there.
[[nodiscard]] std::optional<std::string> parse_cpu_model(std::string_view cpuinfo);

struct EnvironmentDifference {
  std::string what;  // `kernel`
  std::string first;
  std::string second;
};

/// In what two environments differ so that their seconds must not be compared: processor, cores, kernel,
/// compiler, flags, libraries, SIMD target, file system. The version of labday and the state of git are left
/// out, since they are what people compare; so is the load, which the noise accounts for. Something that only
/// one of them knows is a difference.
[[nodiscard]] std::vector<EnvironmentDifference> comparable(const Environment& first,
                                                            const Environment& second);

}  // namespace labday
