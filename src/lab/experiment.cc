#include "lab/experiment.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include "lab/round_order.h"
#include "lab/round_reference.h"
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
    result_.environment = read_environment(scratch.folder(), plan.notebook);
    for (const std::string& mode : plan.modes) result_.modes.push_back({mode, {}});
  }

  /// Round 0. An error is the experiment's.
  Result<void> warm_up() {
    Result<RoundResult> round = run(plan_.baseline, 0);
    if (!round) return round.error().code == ErrorCode::cancelled ? stop() : fail(in_mode(round.error()));
    Result<RoundReference> reference =
        RoundReference::read(scratch_.folder(), std::move(round->totals), plan_.baseline);
    if (!reference) return fail(std::move(reference.error()));
    reference_ = std::move(*reference);
    result_.reference = reference_->totals();
    result_.files = reference_->files().files.size();
    result_.bytes = reference_->files().bytes();
    result_.hash = reference_->files().hash();
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
    RoundVerdict verdict = reference_->judge(*manifest, played->totals);
    if (verdict.difference) {
      result_.disagreement = Disagreement{mode, blocks_, std::move(*verdict.difference)};
      result_.ended = Ended::disagreement;
    } else if (verdict.failure) {
      result_.failures.push_back({mode, blocks_, std::move(*verdict.failure)});
    } else {
      slot = std::move(*played);
    }
    if (slot && !control) ++result_.verified_rounds;
    return scratch_.empty();
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
  std::optional<RoundReference> reference_;  // from the warm-up on
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
