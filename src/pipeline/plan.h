// From a job to its tasks, and everything that has to be known before the first of them starts.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/function_ref.h"
#include "base/result.h"
#include "pipeline/job.h"
#include "pipeline/name_folding.h"
#include "pipeline/shard.h"

namespace labday {

/// All that is to be made: one slice a source, with all renditions.
[[nodiscard]] std::vector<Task> whole_sources(const Job& job);

/// Cuts slices into tasks. `grain` is resolved.
[[nodiscard]] std::vector<Task> cut_into_tasks(std::span<const Task> slices, Grain grain);

/// Cuts the job. `automatic` is by source, unless there are fewer sources than workers.
[[nodiscard]] std::vector<Task> plan_tasks(const Job& job, Grain grain, int workers);

/// The grain that `automatic` stands for.
[[nodiscard]] Grain resolve_grain(const Job& job, Grain grain, int workers);

/// The order in which parallel modes hand out tasks: indices into `tasks`, the largest first, so that none of
/// them is left for the end. A task's size is taken to be its source's bytes times its renditions; ties keep
/// their order.
[[nodiscard]] std::vector<std::uint32_t> largest_first(const Job& job, std::span<const Task> tasks);

/// The name of a rendition's file below the output folder, before anything was decoded: reads the header of
/// the source where the template needs its size.
[[nodiscard]] Result<std::string> planned_name(const Job& job, const Source& source,
                                               const Rendition& rendition);

/// Fails with ErrorCode::collision where two renditions of `slices` would be written to one path, naming both
/// sources, and (with OnExists::error) with ErrorCode::exists where a target of the shard is there already.
/// Sources whose header cannot be read are passed over: their task will say so. `on_target` is told each name
/// of the shard. Costs 16 bytes a rendition. `folding`: names that are one file in the output folder.
[[nodiscard]] Result<void> check_targets(const Job& job, std::span<const Task> slices, const Shard& shard,
                                         FunctionRef<void(const std::string& name)> on_target,
                                         NameFolding folding);

/// As the output folder's file system folds them.
[[nodiscard]] Result<void> check_targets(const Job& job, std::span<const Task> slices, const Shard& shard,
                                         FunctionRef<void(const std::string& name)> on_target);

/// The same for a whole job.
[[nodiscard]] Result<void> check_targets(const Job& job);

/// `size` with both sides `factor` times as long: rounded, at least 1.
[[nodiscard]] Size resampled_size(Size size, double factor);

struct SpaceEstimate {
  std::uint64_t renditions = 0;  // files that will be written
  std::uint64_t pixels = 0;      // of them together
  std::uint64_t bytes = 0;       // on disk, roughly
  std::uint64_t sampled = 0;     // sources whose header was read for it
};

/// Reads the headers of the sources of at most 1,000 slices, evenly spread, and multiplies. A PNG of a
/// photograph takes 0.25 to 0.6 of its raw bytes; 0.5 is assumed. Tells it for sources whose sides are
/// `source_factor` times as long as those of the job's.
[[nodiscard]] SpaceEstimate estimate_space(const Job& job, std::span<const Task> slices,
                                           double source_factor = 1);
[[nodiscard]] SpaceEstimate estimate_space(const Job& job, double source_factor = 1);

/// Bytes that an unprivileged user may still write where `folder`, or its nearest existing parent, lies.
[[nodiscard]] Result<std::uint64_t> free_space(const std::string& folder);

}  // namespace labday
