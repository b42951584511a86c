// Was the machine another's during one of two runs, and does that explain what changed between them?
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lab/diagnosis.h"
#include "lab/environment.h"
#include "lab/run_comparison.h"

namespace labday {

/// By the records of tasks and workers: of the mode whose share of time lost to others differs most. `points`
/// are the changes between the runs, `baseline` is the mode of both that others are compared with.
[[nodiscard]] std::optional<Disturbance> disturbance_of_modes(const std::vector<ModeDiagnosis>& first,
                                                              const std::vector<ModeDiagnosis>& second,
                                                              const std::vector<PointChange>& points,
                                                              const std::string& baseline);

/// By what the kernel counted of tasks that waited for a core; none where it did not.
[[nodiscard]] std::optional<Disturbance> disturbance_of_machine(const Environment& first,
                                                                const Environment& second,
                                                                const std::vector<PointChange>& points,
                                                                const std::string& baseline);

}  // namespace labday
