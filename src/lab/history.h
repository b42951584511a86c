// What earlier experiments said about the modes, so that `resize --mode auto` can choose by what was measured
// on this machine. Where it is kept is the caller's affair.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "lab/environment.h"
#include "lab/experiment.h"
#include "lab/summary.h"
#include "lab/sweep.h"
#include "pipeline/job.h"

namespace labday {

/// Where times can be compared as far as the choice of a mode goes.
struct HistoryMachine {
  std::string cpu_model;  // empty where it is not known
  int cores = 1;          // that a process may use
  bool operator==(const HistoryMachine&) const = default;
};
[[nodiscard]] HistoryMachine this_machine();
[[nodiscard]] HistoryMachine machine_of(const Environment& environment);

/// What of a job decides which mode is fastest.
struct JobFacts {
  std::uint64_t sources = 0;
  std::uint64_t source_bytes = 0;  // of all of them
  std::vector<Rendition> renditions;
  Grain grain = Grain::source;
  int workers = 1;
  bool operator==(const JobFacts&) const = default;
};
[[nodiscard]] JobFacts facts_of(const Job& job, Grain grain, int workers);

struct HistoryMode {
  std::string mode;
  double mean_seconds = 0;
  Ratio ratio;    // to the baseline
  int place = 1;  // as ranked
};

struct HistoryEntry {
  std::string command;         // `bench` or `sweep`
  std::int64_t unix_time = 0;  // seconds since 1970, UTC
  HistoryMachine machine;
  JobFacts job;
  std::string baseline;
  std::vector<HistoryMode> modes;
};

/// Oldest first.
using History = std::vector<HistoryEntry>;

/// What is worth keeping of an experiment, one entry for each point: nothing after a disagreement, and no
/// mode that failed in a round or whose place is not known.
[[nodiscard]] History history_of(const ExperimentPlan& plan, const ExperimentResult& result,
                                 std::int64_t unix_time);
[[nodiscard]] History history_of(const SweepPlan& plan, const SweepResult& result, std::int64_t unix_time);

/// Appends; an older entry of the same command, machine and job goes, and so do the oldest beyond
/// kMostHistoryEntries.
void remember(History& history, History fresh);
inline constexpr std::size_t kMostHistoryEntries = 300;

/// How unlike two jobs are: 0 for jobs alike, larger the less they are; none where one says nothing about the
/// other. They are alike in workers, grain, filter, PNG level and in giving scales or widths; and within a
/// factor of four each in number of sources (16 a worker are as good as any more), bytes a source, and pixels
/// to make of a source. The figure is the sum of the logarithms of these factors.
[[nodiscard]] std::optional<double> unlikeness(const JobFacts& one, const JobFacts& other);

struct ModeChoice {
  std::string mode;
  HistoryEntry from;
  std::size_t as_fast = 0;  // other modes that share its place
};

/// The fastest mode of the entry that is most like the job on this machine, the newest where several are; of
/// modes that share the first place `preferred` if it is one of them, else the one with the least mean. Only
/// modes for which `usable` holds are chosen. None where no entry is like the job, or none of its fastest
/// modes is usable.
[[nodiscard]] std::optional<ModeChoice> choose_mode(const History& history, const HistoryMachine& machine,
                                                    const JobFacts& job, const std::string& preferred,
                                                    const std::function<bool(const std::string&)>& usable);

}  // namespace labday
