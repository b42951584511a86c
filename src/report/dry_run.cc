#include "report/dry_run.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include "base/text.h"
#include "pipeline/plan.h"
#include "pipeline/probe_source.h"
#include "pipeline/stages.h"
#include "report/wording.h"

namespace labday {
namespace {

std::string_view what_exists_means(OnExists on_exists) {
  switch (on_exists) {
    case OnExists::error:
      return ", exists: an error";
    case OnExists::skip:
      return ", exists: skipped";
    case OnExists::replace:
      break;
  }
  return ", exists: replaced";
}

std::string rendition_line(const Job& job, const Source& source, const ProbedSource& probed,
                           const Rendition& rendition) {
  const auto size = checked_rendition_size(rendition, probed.size, job.limits);
  if (!size) return size.error().detail;
  const auto name = job.name.expand(source, rendition, *size);
  if (!name) return name.error().detail;
  const std::string path = job.output_folder + "/" + *name;
  struct stat status {};
  const bool exists = lstat(path.c_str(), &status) == 0;
  return fmt::format("{} ({}x{}{})", printable(path), size->width, size->height,
                     exists ? what_exists_means(job.on_exists) : "");
}

}  // namespace

std::string dry_run_text(const Job& job) {
  std::string text;
  for (const Source& source : job.sources) {
    const auto probed = probe_source(job, source);
    if (!probed) {
      text += to_line(probed.error()) + "\n";
      continue;
    }
    for (const Rendition& rendition : job.renditions) {
      text +=
          fmt::format("{} -> {}\n", printable(source.path), rendition_line(job, source, *probed, rendition));
    }
  }
  const SpaceEstimate estimate = estimate_space(job);
  const auto free = free_space(job.output_folder);
  text += fmt::format("{} of {}, {}, about {} on disk", counted(estimate.renditions, "rendition"),
                      counted(job.sources.size(), "source"), counted(estimate.pixels, "pixel"),
                      human_bytes(estimate.bytes));
  text += free ? fmt::format("; {} are free. Nothing was written.\n", human_bytes(*free))
               : ". Nothing was written.\n";
  return text;
}

}  // namespace labday
