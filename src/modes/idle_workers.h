// Workers that outlive the mode that started them, as those of loky's reusable executor do: the next mode of
// this process takes them over and saves their start. They are labday executing itself, so they have nothing
// of the mode's, and forget its job when they are kept.
//
// At most one mode's workers are kept. They end by themselves after kWorkerPatience without a job, with this
// process, or by release_idle_workers(). Main thread only.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "modes/worker_link.h"

namespace labday {

/// Up to `most` idle workers that can have a job with this sandbox; any others are ended.
[[nodiscard]] std::vector<std::unique_ptr<WorkerLink>> take_idle_workers(
    int most, const std::optional<Limits>& sandbox);

/// Keeps them for the next call; they must owe nothing. Those kept before are ended.
void keep_idle_workers(std::vector<std::unique_ptr<WorkerLink>> workers);

/// Ends and reaps all that are kept.
void release_idle_workers();

}  // namespace labday
