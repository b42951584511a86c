#include "lab/experiment.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <tuple>
#include <utility>

#include "lab/round_order.h"
#include "lab/summary.h"

namespace labday {
namespace {

/// The state of a running experiment; run_experiment() reads as its phases.
class Experiment {
 public:
  Experiment(const ExperimentPlan& plan, RoundRunner& runner, Scratch& scratch, const ExperimentHooks& hooks,
             const CancelToken& cancel)
      : plan_(plan),
        runner_(runner),
        scratch_(scratch),
        hooks_(hooks),
        cancel_(cancel),
        controlled_(std::find(plan.modes.begin(), plan.modes.end(), plan.baseline) != plan.modes.end()),
        rows_(entries(), 0),
        order_(entries(), plan.seed),
        begin_(hooks.now()),
        next_look_(plan.rounds) {
    request_.job = plan.job;
    request_.job.output_folder = scratch.folder();
    request_.job.on_exists = OnExists::error;  // the folder is empty each time
    request_.job.records = plan.records;
    request_.grain = plan.grain;
    request_.workers = plan.workers;
    result_.environment = read_environment(scratch.folder());
    for (const std::string& mode : plan.modes) result_.modes.push_back({mode, {}});
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
    if (result_.files == 0) result_.ended = Ended::nothing;
    return scratch_.empty();
  }

  /// One turn of every mode, and of the control.
  Result<void> play_block() {
    const Clock::time_point begin = hooks_.now();
    for (ModeRounds& mode : result_.modes) mode.rounds.emplace_back();
    if (controlled_) result_.control.emplace_back();
    const int block = ++blocks_;
    int position = 0;
    for (const std::size_t entry : order_.next_block()) {
      if (!going_on()) break;
      const bool control = entry == plan_.modes.size();
      const std::string& mode = control ? plan_.baseline : plan_.modes[entry];
      result_.order.push_back({block, ++position, mode, control});
      std::optional<RoundResult>& slot =
          control ? result_.control.back() : result_.modes[entry].rounds.back();
      if (Result<void> played = play_turn(mode, control, slot); !played) return played;
      if (slot && slot->record) keep_rows(rows_[entry], *slot->record);
      result_.environment.after = read_machine_load();
      hooks_.round_ended(result_);
    }
    longest_block_ = std::max(longest_block_, Nanoseconds(hooks_.now() - begin));
    return {};
  }

  /// Looks whether that is all, if nothing else has ended it.
  void see_whether_to_end() {
    if (!going_on()) return;
    const bool out_of_time = plan_.max_time && hooks_.now() - begin_ + longest_block_ > *plan_.max_time;
    if (!plan_.precision && blocks_ >= plan_.rounds) {
      result_.ended = Ended::rounds;
    } else if (plan_.precision && blocks_ >= next_look_ && precise(plan_, result_)) {
      result_.ended = Ended::precision;
    } else if (out_of_time) {
      result_.ended = Ended::time;
    }
    if (blocks_ >= next_look_) next_look_ = blocks_ + (blocks_ + 3) / 4;
  }

  [[nodiscard]] bool going_on() {
    if (result_.ended == Ended::not_yet && cancel_.requested()) std::ignore = stop();
    return result_.ended == Ended::not_yet;
  }

  [[nodiscard]] ExperimentResult take_result() { return std::move(result_); }

 private:
  /// As many rows of a mode's rounds as are to be kept, from the first round on.
  static void keep_rows(std::size_t& kept, RoundRecord& record) {
    const std::size_t rows = record.rows();
    if (kept + rows > kMostRows) {
      kept = kMostRows;  // and none of later rounds
      record.drop_rows();
    } else {
      kept += rows;
    }
  }

  [[nodiscard]] std::size_t entries() const { return plan_.modes.size() + (controlled_ ? 1 : 0); }

  Result<void> stop() {
    result_.ended = Ended::cancelled;
    return {};
  }

  Error in_mode(Error error) const {
    error.detail = fmt::format("{} mode, warm-up: {}", plan_.baseline, error.detail);
    return error;
  }

  Result<RoundResult> run(const std::string& mode, int round) {
    request_.mode = mode;
    const bool known = !plan_.precision;
    hooks_.round_begins({mode, round, known ? plan_.rounds : 0, ++step_,
                         known ? 1 + plan_.rounds * static_cast<int>(entries()) : 0});
    return runner_.run(request_, cancel_);
  }

  Result<void> play_turn(const std::string& mode, bool control, std::optional<RoundResult>& slot) {
    Result<RoundResult> played = run(mode, blocks_);
    if (!played && played.error().code == ErrorCode::cancelled) return stop();
    if (!played) {
      result_.failures.push_back({mode, blocks_, std::move(played.error())});
      return scratch_.empty();
    }
    Result<Manifest> manifest = read_manifest(scratch_.folder());
    if (!manifest) return fail(std::move(manifest.error()));
    judge(mode, blocks_, *manifest, std::move(*played), slot);
    if (result_.disagreement) result_.ended = Ended::disagreement;
    if (slot && !control) ++result_.verified_rounds;
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
  const ExperimentHooks& hooks_;
  const CancelToken& cancel_;
  const bool controlled_;          // is the baseline among the modes?
  std::vector<std::size_t> rows_;  // that are kept, by entry
  RoundOrder order_;               // of the modes and, behind them, the control
  const Clock::time_point begin_;
  int next_look_;  // blocks after which the precision is looked at
  RoundRequest request_;
  Manifest expected_;
  ExperimentResult result_;
  Nanoseconds longest_block_{0};
  int blocks_ = 0;
  int step_ = 0;
};

}  // namespace

std::string_view name(Ended ended) {
  constexpr std::array<std::string_view, kEndedCount> kNames{"not_yet", "rounds",       "precision", "time",
                                                             "nothing", "disagreement", "cancelled"};
  return kNames.at(static_cast<std::size_t>(ended));
}

bool ExperimentResult::complete() const {
  return ended == Ended::rounds || ended == Ended::precision || ended == Ended::time ||
         ended == Ended::nothing;
}

Result<ExperimentResult> run_experiment(const ExperimentPlan& plan, RoundRunner& runner, Scratch& scratch,
                                        const ExperimentHooks& hooks, const CancelToken& cancel) {
  Experiment experiment(plan, runner, scratch, hooks, cancel);
  if (Result<void> warm = experiment.warm_up(); !warm) return fail(std::move(warm.error()));
  while (experiment.going_on()) {
    if (Result<void> played = experiment.play_block(); !played) return fail(std::move(played.error()));
    experiment.see_whether_to_end();
  }
  return experiment.take_result();
}

}  // namespace labday
