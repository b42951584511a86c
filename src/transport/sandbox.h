// What a worker process gives up, for good, before it sees anything of a source. Afterwards it has its memory
// and the descriptors that it was given, and nothing else:
//
//  - seccomp lets through the calls that working on those takes. Any other call, be it to open, connect,
//  start or
//    execute something, ends the process (SIGSYS), so that a source that took it over gets no second try;
//  - Landlock, where the kernel has it, denies every path, port, foreign process and abstract socket once
//  more;
//  - limits on private memory and on the size of files; no new privileges, no core dump; every descriptor
//  that is
//    not needed is closed, and standard input, output and error lead nowhere.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/result.h"
#include "pipeline/job.h"

namespace labday {

struct SandboxLimits {
  std::uint64_t memory_bytes = 0;  // private memory, beyond what the process has when it enters
  std::uint64_t file_bytes = 0;    // of each file that it writes
};

/// What the largest task that the job's limits let through may need, so that no honest one is stopped.
[[nodiscard]] SandboxLimits sandbox_limits(const Limits& limits);

/// Tries it in a child process, once: why this kernel refuses; empty where it does not. Main thread, before
/// there is another.
[[nodiscard]] const std::string& sandbox_refusal();

/// What it consists of here, as `seccomp and Landlock`.
[[nodiscard]] std::string sandbox_parts();

/// A part of entering, for those who want to see it work alone: denies whatever this kernel's Landlock can
/// deny. False where there is none. The process must have given up new privileges.
[[nodiscard]] Result<bool> deny_by_landlock();

/// Confines this process, which has one thread. `kept`: the descriptors above 2 that stay open. Where it
/// fails the process is half confined, and good for nothing but to end.
[[nodiscard]] Result<void> enter_sandbox(const SandboxLimits& limits, std::span<const int> kept);

}  // namespace labday
