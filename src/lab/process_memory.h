// Memory of a process and all its descendants, counting shared pages once.
#pragma once

#include <sys/types.h>

#include <cstdint>

namespace labday {

/// The sum of PSS (proportional set size: a page shared by n processes counts as a n-th of it in each) over
/// `root` and its descendants, from /proc. Processes that end meanwhile are left out. Where the kernel has no
/// smaps_rollup, RSS is taken instead, which counts shared pages in every process.
[[nodiscard]] std::uint64_t tree_memory_bytes(pid_t root);

}  // namespace labday
