#include "report/dry_run.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include "base/text.h"
#include "pipeline/origin.h"
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

std::string_view what_the_journal_means(Judgement judgement, OnExists on_exists) {
  switch (judgement) {
    case Judgement::up_to_date:
      return ", done: skipped";
    case Judgement::missing:
      return "";
    case Judgement::unfinished:
      return ", not known to be finished: made again";
    case Judgement::source_changed:
      return ", its source has changed: made again";
    case Judgement::spec_changed:
      return ", made with other settings or by another encoder: made again";
    case Judgement::damaged:
      return ", damaged: made again";
    case Judgement::quarantined:
      return ", in quarantine: left out";
    case Judgement::foreign:
      break;
  }
  return what_exists_means(on_exists);
}

struct Looking {
  const Job& job;
  const JournalIndex* index;
  const ResumeRules& rules;
};

std::string_view what_is_there(const Looking& looking, const Source& source, const Rendition& rendition,
                               const std::string& name) {
  const Job& job = looking.job;
  if (looking.index == nullptr) {
    struct stat status {};
    const bool exists = lstat((job.output_folder + "/" + name).c_str(), &status) == 0;
    return exists ? what_exists_means(job.on_exists) : "";
  }
  Judgement judgement =
      judge_rendition(job, name, origin_of(job, source, rendition), *looking.index, looking.rules.verify);
  const bool quarantined = !looking.rules.retry_failed && looking.index->quarantine_of(source) != nullptr;
  if (quarantined && judgement != Judgement::up_to_date) judgement = Judgement::quarantined;
  return what_the_journal_means(judgement, job.on_exists);
}

std::string rendition_line(const Looking& looking, const Source& source, const ProbedSource& probed,
                           const Rendition& rendition) {
  const Job& job = looking.job;
  const auto size = checked_rendition_size(rendition, probed.size, job.limits);
  if (!size) return size.error().detail;
  const auto name = job.name.expand(source, rendition, *size);
  if (!name) return name.error().detail;
  return fmt::format("{} ({}x{}{})", printable(job.output_folder + "/" + *name), size->width, size->height,
                     what_is_there(looking, source, rendition, *name));
}

}  // namespace

std::string dry_run_text(const Job& job) { return dry_run_text(job, whole_sources(job), nullptr, {}); }

std::string dry_run_text(const Job& job, std::span<const Task> slices, const JournalIndex* index,
                         const ResumeRules& rules) {
  const Looking looking{job, index, rules};
  std::string text;
  for (const Task& slice : slices) {
    const Source& source = job.sources[slice.source];
    const auto probed = probe_source(job, source);
    if (!probed) {
      text += to_line(probed.error()) + "\n";
      continue;
    }
    for (std::size_t i = slice.first; i < slice.last; ++i) {
      text += fmt::format("{} -> {}\n", printable(source.path),
                          rendition_line(looking, source, *probed, job.renditions[i]));
    }
  }
  const SpaceEstimate estimate = estimate_space(job, slices);
  const auto free = free_space(job.output_folder);
  text += fmt::format("{} of {}, {}, about {} on disk", counted(estimate.renditions, "rendition"),
                      counted(job.sources.size(), "source"), counted(estimate.pixels, "pixel"),
                      human_bytes(estimate.bytes));
  text += free ? fmt::format("; {} are free. Nothing was written.\n", human_bytes(*free))
               : ". Nothing was written.\n";
  return text;
}

}  // namespace labday
