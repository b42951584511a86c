#include "cli/gather.h"

#include <fmt/format.h>

#include <optional>

#include "base/text.h"
#include "cli/console.h"
#include "pipeline/plan.h"
#include "pipeline/sources.h"

namespace labday {

Result<Gathered> gather_sources(Job job, const JobOptions& options, const std::vector<Output>& outputs) {
  FoundSources found = find_sources(options.sources, job.output_folder);
  std::optional<Error> why;  // there is nothing to resize
  if (found.sources.empty() && !found.errors.empty()) {
    why = std::move(found.errors.back());
    found.errors.pop_back();
  } else if (found.sources.empty()) {
    why = Error{Stage::plan, ErrorCode::not_found, options.sources.front(),
                "there are no .jpg, .jpeg or .png files in it"};
  }
  for (const Error& error : found.errors) complain(to_line(error) + "\n");
  if (why) return fail(std::move(*why));
  if (auto kept = check_sources_kept(outputs, found); !kept) return fail(std::move(kept.error()));
  job.sources = std::move(found.sources);
  return Gathered{std::move(job), found.errors.empty()};
}

Result<void> check_space(const Job& job, std::span<const Task> slices, const std::string& folder) {
  const auto free = free_space(folder);
  if (!free) return fail(free.error());
  const SpaceEstimate estimate = estimate_space(job, slices);
  if (estimate.bytes <= *free) return {};
  return fail(
      Stage::plan, ErrorCode::no_space, folder,
      fmt::format("{} renditions need about {}, and {} are free (--no-space-check starts all the same)",
                  with_commas(estimate.renditions), human_bytes(estimate.bytes), human_bytes(*free)));
}

}  // namespace labday
