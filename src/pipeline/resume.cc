#include "pipeline/resume.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "pipeline/hash.h"
#include "pipeline/origin.h"
#include "pipeline/plan.h"
#include "pipeline/posix_io.h"

namespace labday {
namespace {

constexpr std::array<std::string_view, kJudgementCount> kNames{"up_to_date",     "missing",      "unfinished",
                                                               "source_changed", "spec_changed", "damaged",
                                                               "foreign",        "quarantined"};

/// The file that is there; its content is read at most once, and only where that decides something.
class FileThere {
 public:
  explicit FileThere(std::string path) : path_(std::move(path)) {
    struct stat status {};
    there_ = ::lstat(path_.c_str(), &status) == 0;
    regular_ = there_ && S_ISREG(status.st_mode);
    bytes_ = static_cast<std::uint64_t>(status.st_size);
    mtime_ns_ = std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec;
  }

  [[nodiscard]] bool there() const { return there_; }

  /// Is it the one that was recorded? A file that was copied or restored has another time, and the same
  /// content.
  [[nodiscard]] bool is(const JournalEntry& entry, bool verify) {
    if (!regular_ || entry.bytes != bytes_) return false;
    if (!verify && entry.mtime_ns == mtime_ns_) return true;
    if (!hash_) {
      const auto content = read_whole_file(path_, static_cast<std::int64_t>(bytes_));
      hash_ = content ? hash128(ByteView(*content)) : Hash128{};
    }
    return *hash_ == entry.hash;
  }

  /// May it be what is left of the one that was recorded, cut short by a failure of power? Renaming keeps the
  /// time; and nothing is lost with an empty file.
  [[nodiscard]] bool may_be_left_of(const JournalEntry& entry) const {
    return regular_ && (bytes_ == 0 || entry.mtime_ns == mtime_ns_);
  }

 private:
  std::string path_;
  bool there_ = false;
  bool regular_ = false;
  std::uint64_t bytes_ = 0;
  std::int64_t mtime_ns_ = 0;
  std::optional<Hash128> hash_;
};

/// With a checksum its content is the source, wherever it lies and whenever it was touched.
bool same_source(const JournalEntry& entry, const Origin& origin) {
  if (entry.source_bytes != origin.source_bytes) return false;
  if (origin.content_hash != 0) return entry.content_hash == origin.content_hash;
  return entry.source == hash64(origin.source) && entry.source_mtime_ns == origin.source_mtime_ns;
}

bool is_made(Judgement judgement) {
  return judgement != Judgement::up_to_date && judgement != Judgement::quarantined;
}

/// Is the file there an earlier run's, to be replaced?
bool is_ours(Judgement judgement) {
  return is_made(judgement) && judgement != Judgement::missing && judgement != Judgement::foreign;
}

TaskResult left_out(const Job& job, const Task& task, Judgement judgement,
                    const QuarantineRecord* quarantine) {
  TaskResult result;
  result.task = task;
  const auto renditions = static_cast<std::uint32_t>(task.last - task.first);
  if (judgement == Judgement::up_to_date) {
    result.skipped = renditions;
    return result;
  }
  result.failed = renditions;
  result.errors.push_back({Stage::decode, ErrorCode::quarantined, job.sources[task.source].path,
                           fmt::format("it is in quarantine: {}", quarantine->reason)});
  return result;
}

}  // namespace

std::string_view name(Judgement judgement) { return kNames.at(static_cast<std::size_t>(judgement)); }

Judgement judge_rendition(const Job& job, const std::string& name, const Origin& origin,
                          const JournalIndex& index, bool verify) {
  FileThere file(job.output_folder + "/" + name);
  if (!file.there()) return Judgement::missing;
  const std::vector<JournalEntry> entries = index.of(name);
  if (entries.empty()) return Judgement::foreign;
  bool any_done = false;
  std::optional<Judgement> otherwise;
  for (const JournalEntry& entry : entries) {
    if (entry.kind != JournalEntry::Kind::done) continue;
    any_done = true;
    if (!file.is(entry, verify)) continue;
    if (!same_source(entry, origin)) {
      if (!otherwise) otherwise = Judgement::source_changed;
    } else if (entry.spec != origin.spec) {
      otherwise = Judgement::spec_changed;
    } else {
      return Judgement::up_to_date;
    }
  }
  if (otherwise) return *otherwise;
  for (const JournalEntry& entry : entries) {
    if (entry.kind != JournalEntry::Kind::intent) continue;
    if (file.is(entry, verify) || file.may_be_left_of(entry)) return Judgement::unfinished;
  }
  // Without a done record the name may have been somebody else's all the time.
  return any_done ? Judgement::damaged : Judgement::foreign;
}

ResumePlan plan_resume(const Job& job, std::span<const Task> slices, const JournalIndex& index,
                       const ResumeRules& rules, FunctionRef<void(const std::string& name)> on_target) {
  ResumePlan plan;
  std::vector<Judgement> judgements;
  for (const Task& slice : slices) {
    const Source& source = job.sources[slice.source];
    const QuarantineRecord* const quarantine = rules.retry_failed ? nullptr : index.quarantine_of(source);
    judgements.clear();
    for (std::uint16_t i = slice.first; i < slice.last; ++i) {
      const Rendition& rendition = job.renditions[i];
      const auto target = planned_name(job, source, rendition);
      Judgement judgement = Judgement::missing;
      if (target) {
        on_target(*target);
        judgement = judge_rendition(job, *target, origin_of(job, source, rendition), index, rules.verify);
      }
      if (quarantine != nullptr && is_made(judgement)) judgement = Judgement::quarantined;
      if (judgement == Judgement::foreign && plan.foreign.size() < kMostForeign)
        plan.foreign.push_back(*target);
      ++plan.renditions.at(static_cast<std::size_t>(judgement));
      judgements.push_back(judgement);
    }
    const auto alike = [](Judgement a, Judgement b) {
      return is_made(a) && is_made(b) ? is_ours(a) == is_ours(b) : a == b;
    };
    for (std::size_t first = 0, last = 0; first < judgements.size(); first = last) {
      while (last < judgements.size() && alike(judgements[first], judgements[last])) ++last;
      const Task task{slice.source, static_cast<std::uint16_t>(slice.first + first),
                      static_cast<std::uint16_t>(slice.first + last), is_ours(judgements[first])};
      if (is_made(judgements[first])) {
        plan.tasks.push_back(task);
      } else {
        plan.results.push_back(left_out(job, task, judgements[first], quarantine));
      }
    }
  }
  index.forget();
  return plan;
}

void hash_contents(Job& job) {
  for (Source& source : job.sources) {
    const auto content = read_whole_file(source.path, job.limits.source_bytes);
    // 0 means that there is none.
    if (content) source.content_hash = std::max<std::uint64_t>(1, hash64(ByteView(*content)));
  }
}

}  // namespace labday
