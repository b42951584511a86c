// What the kernel counts for a thread or a process beside its own work. Not every kernel counts all of it: a
// figure that is not there is none, never zero.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace labday {

struct KernelFigures {
  std::optional<Nanoseconds> cpu;                     // user and system
  std::optional<Nanoseconds> run_delay;               // runnable, but some other thread had the processor
  std::optional<Nanoseconds> block_delay;             // waiting for a block device; only with `delayacct`
  std::optional<std::uint64_t> voluntary_switches;    // it waited for something
  std::optional<std::uint64_t> involuntary_switches;  // it lost its processor
  bool operator==(const KernelFigures&) const = default;
};

/// `folder` is /proc/PID, of which only the first thread is looked at, or /proc/self/task/TID. All none where
/// there is no such thread any more. Takes some 20 µs.
[[nodiscard]] KernelFigures read_kernel_figures(const std::string& folder);
/// The calling thread's.
[[nodiscard]] KernelFigures own_kernel_figures();

/// What was added between two looks; a figure that either lacks is none.
[[nodiscard]] KernelFigures between(const KernelFigures& before, const KernelFigures& after);

/// Adds up; a figure that `more` lacks leaves the sum as it is.
void add(KernelFigures& sum, const KernelFigures& more);

// The texts of /proc, read: /proc/PID/schedstat, …/status, and field 42 of …/stat. They leave alone what is
// not there.
void parse_schedstat(std::string_view text, KernelFigures& figures);
void parse_switches(std::string_view text, KernelFigures& figures);
void parse_block_delay(std::string_view text, KernelFigures& figures);

}  // namespace labday
