#include "lab/history.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>

#include "lab/small_file.h"
#include "lab/sweep_summary.h"

namespace labday {
namespace {

constexpr double kAlike = 4;                  // within this factor
constexpr std::uint64_t kPlentyAWorker = 16;  // sources, with which the last ones do not matter any more

std::vector<HistoryMode> modes_of(const Summary& summary, const std::set<std::string>& failed) {
  std::vector<HistoryMode> modes;
  for (const ModeSummary& mode : summary.modes) {
    if (!mode.standing.place || !mode.standing.ratio || failed.contains(mode.mode)) continue;
    modes.push_back({mode.mode, mode.mean_seconds, *mode.standing.ratio, *mode.standing.place});
  }
  return modes;
}

/// Of a source, in units of its own pixels or, where widths are wanted, in squares of a pixel.
double pixels_wanted(const std::vector<Rendition>& renditions) {
  double sum = 0;
  for (const Rendition& rendition : renditions) {
    const double side = rendition.width > 0 ? rendition.width
                                            : static_cast<double>(rendition.scale.units) / 100 /
                                                  std::pow(10, rendition.scale.digits);
    sum += side * side;
  }
  return sum;
}

}  // namespace

HistoryMachine this_machine() {
  const std::optional<std::string> cpuinfo = read_small_file("/proc/cpuinfo");
  return {cpuinfo ? parse_cpu_model(*cpuinfo).value_or("") : "", cpu_budget().cores()};
}

HistoryMachine machine_of(const Environment& environment) {
  return {environment.cpu_model.value_or(""), environment.cpu.cores()};
}

JobFacts facts_of(const Job& job, Grain grain, int workers) {
  JobFacts facts{job.sources.size(), 0, job.renditions, grain, workers};
  for (const Source& source : job.sources) facts.source_bytes += source.file_bytes;
  return facts;
}

History history_of(const ExperimentPlan& plan, const ExperimentResult& result, std::int64_t unix_time) {
  std::set<std::string> failed;
  for (const RoundFailure& failure : result.failures) failed.insert(failure.mode);
  HistoryEntry entry{"bench",
                     unix_time,
                     machine_of(result.environment),
                     facts_of(plan.job, plan.grain, plan.workers),
                     plan.baseline,
                     modes_of(summarise(plan, result), failed)};
  if (entry.modes.empty()) return {};
  return {std::move(entry)};
}

History history_of(const SweepPlan& plan, const SweepResult& result, std::int64_t unix_time) {
  History history;
  const SweepGrid grid(plan);
  for (const SweepPointSummary& at : summarise_points(plan, result)) {
    const SweepJobRecord& job = result.jobs[at.point.job];
    std::set<std::string> failed;
    for (const SweepFailure& failure : result.failures) {
      const SweepEntry& entry = grid.entries()[failure.entry];
      if (entry.job == at.point.job) failed.insert(plan.modes[entry.mode].spec);
    }
    JobFacts facts{job.sources, job.source_bytes, plan.job.renditions, plan.grain,
                   plan.workers[at.point.workers]};
    if (facts.grain == Grain::automatic) {
      const bool few = job.sources < static_cast<std::uint64_t>(plan.workers.back());
      facts.grain = few ? Grain::rendition : Grain::source;
    }
    HistoryEntry entry{"sweep",          unix_time,     machine_of(result.environment),
                       std::move(facts), plan.baseline, modes_of(at.summary, failed)};
    if (!entry.modes.empty()) history.push_back(std::move(entry));
  }
  return history;
}

void remember(History& history, History fresh) {
  for (HistoryEntry& entry : fresh) {
    std::erase_if(history, [&](const HistoryEntry& old) {
      return old.command == entry.command && old.machine == entry.machine && old.job == entry.job;
    });
    history.push_back(std::move(entry));
  }
  if (history.size() <= kMostHistoryEntries) return;
  history.erase(history.begin(), history.end() - static_cast<std::ptrdiff_t>(kMostHistoryEntries));
}

std::optional<double> unlikeness(const JobFacts& one, const JobFacts& other) {
  if (one.workers != other.workers || one.grain != other.grain) return std::nullopt;
  if (one.renditions.empty() || other.renditions.empty() || one.sources == 0 || other.sources == 0) {
    return std::nullopt;
  }
  // A command line gives all renditions one filter, one level, and either scales or widths.
  const Rendition& mine = one.renditions.front();
  const Rendition& theirs = other.renditions.front();
  if (mine.filter != theirs.filter || mine.level != theirs.level || (mine.width > 0) != (theirs.width > 0)) {
    return std::nullopt;
  }
  const std::uint64_t plenty = kPlentyAWorker * static_cast<std::uint64_t>(one.workers);
  const auto count = [&](const JobFacts& job) { return static_cast<double>(std::min(job.sources, plenty)); };
  const auto size = [](const JobFacts& job) {
    return std::max(1.0, static_cast<double>(job.source_bytes) / static_cast<double>(job.sources));
  };
  double sum = 0;
  for (const double ratio : {count(one) / count(other), size(one) / size(other),
                             pixels_wanted(one.renditions) / pixels_wanted(other.renditions)}) {
    const double distance = std::abs(std::log(ratio));
    if (distance > std::log(kAlike) + 1e-9) return std::nullopt;
    sum += distance;
  }
  return sum;
}

std::optional<ModeChoice> choose_mode(const History& history, const HistoryMachine& machine,
                                      const JobFacts& job, const std::string& preferred,
                                      const std::function<bool(const std::string&)>& usable) {
  const HistoryEntry* closest = nullptr;
  double least = 0;
  for (const HistoryEntry& entry : history) {
    // On a processor without a name, nothing tells that it is the same one.
    if (entry.machine != machine || machine.cpu_model.empty()) continue;
    const std::optional<double> distance = unlikeness(entry.job, job);
    if (!distance || (closest != nullptr && *distance > least)) continue;
    closest = &entry;
    least = *distance;
  }
  if (closest == nullptr) return std::nullopt;

  std::vector<const HistoryMode*> fastest;
  for (const HistoryMode& mode : closest->modes) {
    if (mode.place == 1) fastest.push_back(&mode);
  }
  const HistoryMode* chosen = nullptr;
  for (const HistoryMode* mode : fastest) {
    if (!usable(mode->mode)) continue;
    const bool better =
        chosen == nullptr || (chosen->mode != preferred && mode->mean_seconds < chosen->mean_seconds);
    if (mode->mode == preferred || better) chosen = mode;
  }
  if (chosen == nullptr) return std::nullopt;
  return ModeChoice{chosen->mode, *closest, fastest.size() - 1};
}

}  // namespace labday
