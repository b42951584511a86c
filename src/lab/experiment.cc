#include "lab/experiment.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace labday {
namespace {

/// The state of a running experiment; run_experiment() reads as its phases.
class Experiment {
 public:
  Experiment(const ExperimentPlan& plan, RoundRunner& runner, Scratch& scratch,
             const RoundBegins& round_begins, const CancelToken& cancel)
      : plan_(plan), runner_(runner), scratch_(scratch), round_begins_(round_begins), cancel_(cancel) {
    request_.job = plan.job;
    request_.job.output_folder = scratch.folder();
    request_.job.on_exists = OnExists::error;  // the folder is empty each time
    request_.grain = plan.grain;
    request_.workers = plan.workers;
    result_.environment = read_environment(scratch.folder());
    for (const std::string& mode : plan.modes) {
      result_.modes.push_back({mode, std::vector<std::optional<RoundResult>>(rounds())});
    }
  }

  /// Round 0. An error is the experiment's.
  Result<void> warm_up() {
    Result<RoundResult> round = run(plan_.baseline, 0);
    if (!round) return round.error().code == ErrorCode::cancelled ? stop() : fail(in_mode(round.error()));
    // A disk that fills up under the baseline is no property of the sources: no mode could be timed on it.
    for (const Error& error : round->totals.errors) {
      if (error.code == ErrorCode::no_space) return fail(error);
    }
    Result<Manifest> manifest = read_manifest(scratch_.folder());
    if (!manifest) return fail(std::move(manifest.error()));
    expected_ = std::move(*manifest);
    result_.reference = std::move(round->totals);
    result_.files = expected_.files.size();
    result_.bytes = expected_.bytes();
    result_.hash = expected_.hash();
    return scratch_.empty();
  }

  /// One turn of every mode, beginning with another one each time.
  Result<void> play_round(std::size_t round) {
    const std::size_t modes = plan_.modes.size();
    for (std::size_t turn = 0; turn < modes && going_on(); ++turn) {
      if (Result<void> played = play_turn((round + turn) % modes, round); !played) return played;
    }
    return {};
  }

  [[nodiscard]] std::size_t rounds() const { return static_cast<std::size_t>(plan_.rounds); }

  [[nodiscard]] bool going_on() {
    if (cancel_.requested()) result_.cancelled = true;
    return !result_.cancelled && !result_.disagreement && result_.files > 0;
  }

  [[nodiscard]] ExperimentResult take_result() { return std::move(result_); }

 private:
  Result<void> stop() {
    result_.cancelled = true;
    return {};
  }

  Error in_mode(Error error) const {
    error.detail = fmt::format("{} mode, warm-up: {}", plan_.baseline, error.detail);
    return error;
  }

  Result<RoundResult> run(const std::string& mode, std::size_t round) {
    request_.mode = mode;
    round_begins_({mode, static_cast<int>(round), plan_.rounds, ++step_,
                   1 + plan_.rounds * static_cast<int>(plan_.modes.size())});
    return runner_.run(request_, cancel_);
  }

  Result<void> play_turn(std::size_t mode, std::size_t round) {
    const std::string& label = plan_.modes[mode];
    const int number = static_cast<int>(round) + 1;
    Result<RoundResult> played = run(label, round + 1);
    if (!played && played.error().code == ErrorCode::cancelled) return stop();
    if (!played) {
      result_.failures.push_back({label, number, std::move(played.error())});
      return scratch_.empty();
    }
    Result<Manifest> manifest = read_manifest(scratch_.folder());
    if (!manifest) return fail(std::move(manifest.error()));
    judge(label, number, *manifest, std::move(*played), result_.modes[mode].rounds[round]);
    return scratch_.empty();
  }

  /// Decides whether a round counts, and if so, records it in `slot`.
  void judge(const std::string& mode, int round, const Manifest& actual, RoundResult played,
             std::optional<RoundResult>& slot) {
    if (played.totals.renditions != result_.reference.renditions) {
      // A mode may fail where the baseline did not, if it says so; what it did write has to be right.
      if (std::optional<Difference> difference = first_wrong_file(actual)) {
        result_.disagreement = Disagreement{mode, round, std::move(*difference)};
      } else {
        result_.failures.push_back({mode, round, why_fewer(played.totals)});
      }
      return;
    }
    if (std::optional<Difference> difference = first_difference(expected_, actual)) {
      result_.disagreement = Disagreement{mode, round, std::move(*difference)};
      return;
    }
    ++result_.verified_rounds;
    slot = std::move(played);
  }

  /// The first file that is there and should not be, or not so.
  [[nodiscard]] std::optional<Difference> first_wrong_file(const Manifest& actual) const {
    Manifest wanted;  // of what is expected, the files that are there
    std::set_intersection(expected_.files.begin(), expected_.files.end(), actual.files.begin(),
                          actual.files.end(), std::back_inserter(wanted.files),
                          [](const ManifestEntry& a, const ManifestEntry& b) { return a.name < b.name; });
    return first_difference(wanted, actual);
  }

  [[nodiscard]] Error why_fewer(const JobTotals& totals) const {
    const Counts& wanted = result_.reference.renditions;
    Error error{Stage::plan, ErrorCode::internal, {}, {}};
    for (const Error& candidate : totals.errors) {
      const bool known =
          std::any_of(result_.reference.errors.begin(), result_.reference.errors.end(),
                      [&](const Error& e) { return e.path == candidate.path && e.code == candidate.code; });
      if (known) continue;
      error = candidate;
      break;
    }
    const std::string counts = fmt::format("{} renditions done, but {} in {} mode", totals.renditions.done,
                                           wanted.done, plan_.baseline);
    error.detail = error.detail.empty() ? counts : counts + ": " + error.detail;
    return error;
  }

  const ExperimentPlan& plan_;
  RoundRunner& runner_;
  Scratch& scratch_;
  const RoundBegins& round_begins_;
  const CancelToken& cancel_;
  RoundRequest request_;
  Manifest expected_;
  ExperimentResult result_;
  int step_ = 0;
};

}  // namespace

Result<ExperimentResult> run_experiment(const ExperimentPlan& plan, RoundRunner& runner, Scratch& scratch,
                                        const RoundBegins& round_begins, const CancelToken& cancel) {
  Experiment experiment(plan, runner, scratch, round_begins, cancel);
  if (Result<void> warm = experiment.warm_up(); !warm) return fail(std::move(warm.error()));
  for (std::size_t round = 0; round < experiment.rounds() && experiment.going_on(); ++round) {
    if (Result<void> played = experiment.play_round(round); !played) return fail(std::move(played.error()));
  }
  return experiment.take_result();
}

}  // namespace labday
