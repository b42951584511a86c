// The processes that a process has made and not yet waited for.
#pragma once

#include <sys/types.h>

#include <vector>

namespace labday {

/// From /proc; those that have ended and were not waited for are among them.
[[nodiscard]] std::vector<pid_t> children_of(pid_t parent);

}  // namespace labday
