#include "pipeline/plan.h"

#include <sys/stat.h>

#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>

#include "base/text.h"
#include "pipeline/probe_source.h"

namespace labday {
namespace {

/// Where a name came from; 16 bytes, so that millions of them fit.
struct Target {
  std::uint64_t hash = 0;
  std::uint32_t source = 0;
  std::uint16_t rendition = 0;
};

std::string scale_or_width(const Rendition& rendition) {
  return rendition.width != 0 ? "width " + std::to_string(rendition.width) : rendition.scale.text() + "%";
}

tl::unexpected<Error> collision(const Job& job, const Target& first, const Target& second,
                                const std::string& name, const std::string& other) {
  const Source& a = job.sources[first.source];
  const Source& b = job.sources[second.source];
  std::string detail = "two renditions would be written to it: " + printable(a.path) + " at " +
                       scale_or_width(job.renditions[first.rendition]) + " and " + printable(b.path) +
                       " at " + scale_or_width(job.renditions[second.rendition]);
  if (name != other) {
    detail += ", as " + printable(other) + ", which is the same file there: the file system folds case";
  }
  return fail(Stage::plan, ErrorCode::collision, name, std::move(detail));
}

/// Equal hashes are nearly always equal names, but only names decide.
Result<void> check_collisions(const Job& job, std::vector<Target>& targets, NameFolding folding) {
  std::sort(targets.begin(), targets.end(), [](const Target& a, const Target& b) {
    return std::tie(a.hash, a.source, a.rendition) < std::tie(b.hash, b.source, b.rendition);
  });
  for (std::size_t i = 0; i < targets.size(); ++i) {
    for (std::size_t k = i + 1; k < targets.size() && targets[k].hash == targets[i].hash; ++k) {
      const auto name_of = [&](const Target& t) {
        return planned_name(job, job.sources[t.source], job.renditions[t.rendition]);
      };
      const auto first = name_of(targets[i]);
      const auto second = name_of(targets[k]);
      if (!first || !second || folded_name(*first, folding) != folded_name(*second, folding)) continue;
      return collision(job, targets[i], targets[k], *first, *second);
    }
  }
  return {};
}

}  // namespace

Grain resolve_grain(const Job& job, Grain grain, int workers) {
  if (grain != Grain::automatic) return grain;
  return job.sources.size() < static_cast<std::size_t>(workers) ? Grain::rendition : Grain::source;
}

std::vector<Task> whole_sources(const Job& job) {
  std::vector<Task> slices;
  slices.reserve(job.sources.size());
  const auto renditions = static_cast<std::uint16_t>(job.renditions.size());  // at most kMaxRenditions
  for (std::uint32_t source = 0; source < job.sources.size(); ++source) {
    if (renditions > 0) slices.push_back({source, 0, renditions});
  }
  return slices;
}

std::vector<Task> cut_into_tasks(std::span<const Task> slices, Grain grain) {
  if (grain != Grain::rendition) return {slices.begin(), slices.end()};
  std::vector<Task> tasks;
  for (Task task : slices) {
    for (const std::uint16_t last = task.last; task.first < last; ++task.first) {
      task.last = static_cast<std::uint16_t>(task.first + 1);
      tasks.push_back(task);
    }
  }
  return tasks;
}

std::vector<Task> plan_tasks(const Job& job, Grain grain, int workers) {
  return cut_into_tasks(whole_sources(job), resolve_grain(job, grain, workers));
}

std::vector<std::uint32_t> largest_first(const Job& job, std::span<const Task> tasks) {
  std::vector<std::uint32_t> order(tasks.size());
  std::iota(order.begin(), order.end(), 0U);
  const auto size = [&](std::uint32_t i) {
    return job.sources[tasks[i].source].file_bytes *
           static_cast<std::uint64_t>(tasks[i].last - tasks[i].first);
  };
  std::stable_sort(order.begin(), order.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return size(a) > size(b); });
  return order;
}

Result<std::string> planned_name(const Job& job, const Source& source, const Rendition& rendition) {
  Size size;
  if (job.name.needs_size(rendition)) {
    const auto upright = probe_source(job, source);
    if (!upright) return fail(upright.error());
    const auto wanted = rendition_size(rendition, upright->size);
    if (!wanted) return fail(wanted.error());
    size = *wanted;
  }
  return job.name.expand(source, rendition, size);
}

Result<void> check_targets(const Job& job, std::span<const Task> slices, const Shard& shard,
                           FunctionRef<void(const std::string& name)> on_target, NameFolding folding) {
  std::vector<Target> targets;
  for (const Task& slice : slices) {
    const Source& source = job.sources[slice.source];
    const bool ours = shard.has(source.path);
    for (std::uint16_t rendition = slice.first; rendition < slice.last; ++rendition) {
      const auto name = planned_name(job, source, job.renditions[rendition]);
      if (!name) {
        if (name.error().code == ErrorCode::usage) return fail(name.error());
        continue;  // its task will say so
      }
      targets.push_back({std::hash<std::string>()(folded_name(*name, folding)), slice.source, rendition});
      if (!ours) continue;
      on_target(*name);
      struct stat status {};
      const std::string path = job.output_folder + "/" + *name;
      if (job.on_exists == OnExists::error && lstat(path.c_str(), &status) == 0) {
        return fail(Stage::plan, ErrorCode::exists, path, "it is there already");
      }
    }
  }
  return check_collisions(job, targets, folding);
}

Result<void> check_targets(const Job& job, std::span<const Task> slices, const Shard& shard,
                           FunctionRef<void(const std::string& name)> on_target) {
  return check_targets(job, slices, shard, on_target, folding_of(job.output_folder));
}

Result<void> check_targets(const Job& job) {
  return check_targets(job, whole_sources(job), {}, [](const std::string&) {});
}

}  // namespace labday
