// What is left to do of a job whose output folder has a journal: for each rendition, whether the file that is
// there is what the job would make, and if not, why.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/function_ref.h"
#include "base/result.h"
#include "pipeline/job.h"
#include "pipeline/journal_index.h"
#include "pipeline/run_task.h"

namespace labday {

/// Why a rendition is made, or not made.
enum class Judgement : std::uint8_t {
  up_to_date,      // recorded as done, from this source, with this spec; not made
  missing,         // there is no file
  unfinished,      // its file got its name, or was about to, and nothing says that it was done; made again
  source_changed,  // made from another source, or from another state of it; made again
  spec_changed,    // made with another spec, or by another encoder; made again
  damaged,         // the file is not the one that was recorded; made again
  foreign,         // nothing is recorded of the file: OnExists decides
  quarantined      // its source ended its worker twice; not made
};
inline constexpr std::size_t kJudgementCount = 8;

/// As JSON has it: `up_to_date`, …
[[nodiscard]] std::string_view name(Judgement judgement);

struct ResumeRules {
  bool verify = false;        // read each file and compare its content with what was recorded
  bool retry_failed = false;  // nothing is in quarantine
};

using JudgementCounts = std::array<std::uint64_t, kJudgementCount>;

struct ResumePlan {
  std::vector<Task> tasks;          // slices as large as they can be
  std::vector<TaskResult> results;  // of what is not to be executed: skipped, or failed as quarantined
  JudgementCounts renditions{};
  std::vector<std::string> foreign;  // names that are taken, the first kMostForeign of them
};
inline constexpr std::size_t kMostForeign = 16;

/// Judges each rendition of `slices`, tasks of `job`. A name that takes the header of its source where that
/// cannot be read counts as missing: its task will say so. `on_target` is told each name.
[[nodiscard]] ResumePlan plan_resume(const Job& job, std::span<const Task> slices, const JournalIndex& index,
                                     const ResumeRules& rules,
                                     FunctionRef<void(const std::string& name)> on_target);

/// Why the rendition called `name` is made, or not made; quarantine apart.
[[nodiscard]] Judgement judge_rendition(const Job& job, const std::string& name, const Origin& origin,
                                        const JournalIndex& index, bool verify);

/// Fills in Source::content_hash by reading all sources. Those that cannot be read stay without one.
void hash_contents(Job& job);

}  // namespace labday
