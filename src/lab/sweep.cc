#include "lab/sweep.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>

#include "lab/round_reference.h"
#include "pipeline/plan.h"

namespace labday {
namespace {

/// Jobs in the order of their warm-ups: the fewest pixels first.
std::vector<std::size_t> by_pixels(const std::vector<double>& job_pixels) {
  std::vector<std::size_t> jobs(job_pixels.size());
  std::iota(jobs.begin(), jobs.end(), std::size_t{0});
  std::stable_sort(jobs.begin(), jobs.end(),
                   [&](std::size_t a, std::size_t b) { return job_pixels[a] < job_pixels[b]; });
  return jobs;
}

/// The state of a running sweep; run_sweep() reads as its phases.
class Sweep {
 public:
  Sweep(const SweepPlan& plan, SweepResult so_far, SweepInputs& inputs, RoundRunner& runner, Scratch& scratch,
        const SweepHooks& hooks, const CancelToken& cancel)
      : plan_(plan),
        grid_(plan),
        turns_(sweep_turns(plan, grid_)),
        inputs_(inputs),
        runner_(runner),
        scratch_(scratch),
        hooks_(hooks),
        cancel_(cancel),
        begin_(hooks.now()),
        result_(std::move(so_far)),
        requests_(grid_.jobs().size()),
        references_(grid_.jobs().size()) {}

  /// Is what was played before a beginning of this sweep?
  Result<void> take_up() {
    result_.ended = result_.disagreement ? Ended::disagreement : Ended::not_yet;
    const auto played = static_cast<std::ptrdiff_t>(result_.order.size());
    if (result_.order.size() > turns_.size()) {
      // Fewer rounds are wanted than there are.
      result_.ended = Ended::rounds;
      return {};
    }
    if (!std::equal(result_.order.begin(), result_.order.end(), turns_.begin(), turns_.begin() + played)) {
      return fail(Stage::plan, ErrorCode::corrupt, {}, "the rounds so far are not in the order of the seed");
    }
    if (result_.order.size() == turns_.size()) result_.ended = Ended::rounds;
    return {};
  }

  Result<void> warm_up() {
    if (!going_on()) return {};
    const std::vector<double> pixels = estimate_sweep_space(plan_, grid_).job_pixels;
    std::vector<std::optional<Nanoseconds>> probes(pixels.size());
    bool estimated = false;
    for (const std::size_t job : by_pixels(pixels)) {
      if (!going_on()) return {};
      if (Result<void> warm = warm_up(job); !warm) return stopped_or_failed(std::move(warm));
      probes[job] = probe_;
      hooks_.round_ended(result_);
      if (estimated) continue;
      const SweepEstimate estimate =
          estimate_sweep(plan_, grid_, pixels, probes, result_.order.size(), result_.environment.cpu.cores());
      estimated = estimate.probes >= kLongEnoughToEstimate || estimate.probed_jobs == pixels.size();
      if (estimated) hooks_.estimated(estimate);
    }
    return {};
  }

  /// What there is left of a block, or a whole one.
  Result<void> play_block() {
    const Clock::time_point begin = hooks_.now();
    const int block = turns_[result_.order.size()].block;
    for (auto& rounds : result_.rounds) rounds.resize(static_cast<std::size_t>(block));
    while (result_.order.size() < turns_.size() && turns_[result_.order.size()].block == block) {
      if (!going_on()) return {};
      const SweepTurn& turn = turns_[result_.order.size()];
      if (Result<void> played = play(turn); !played) return stopped_or_failed(std::move(played));
      result_.environment.after = read_machine_load();
      hooks_.round_ended(result_);
    }
    longest_block_ = std::max(longest_block_, Nanoseconds(hooks_.now() - begin));
    return {};
  }

  void see_whether_to_end() {
    if (!going_on()) return;
    const bool out_of_time = plan_.max_time && hooks_.now() - begin_ + longest_block_ > *plan_.max_time;
    if (result_.order.size() == turns_.size()) {
      result_.ended = Ended::rounds;
    } else if (out_of_time) {
      result_.ended = Ended::time;
    }
  }

  [[nodiscard]] bool going_on() {
    if (result_.ended == Ended::not_yet && cancel_.requested()) result_.ended = Ended::cancelled;
    return result_.ended == Ended::not_yet;
  }

  [[nodiscard]] SweepResult take_result() { return std::move(result_); }

 private:
  Result<void> stopped_or_failed(Result<void> error) {
    if (error.error().code != ErrorCode::cancelled) return error;
    result_.ended = Ended::cancelled;
    return {};
  }

  Result<RoundResult> run(std::size_t job, const SweepMode& mode, std::size_t workers,
                          std::optional<std::size_t> entry, int block) {
    RoundRequest& request = requests_[job];
    request.mode = mode.spec;
    request.workers = plan_.workers[workers];
    if (step_ == 0) steps_ = grid_.jobs().size() + turns_.size() - result_.order.size();
    hooks_.round_begins({job, entry, block, ++step_, steps_});
    return runner_.run(request, cancel_);
  }

  Result<void> warm_up(std::size_t job) {
    RoundRequest& request = requests_[job];
    Result<std::vector<Source>> sources = inputs_.make(grid_.jobs()[job], cancel_);
    if (!sources) return fail(std::move(sources.error()));
    request.job = without_sources(plan_.job);
    request.job.sources = std::move(*sources);
    request.job.output_folder = scratch_.folder();
    request.job.on_exists = OnExists::error;  // the folder is empty each time
    request.grain = resolve_grain(request.job, plan_.grain, plan_.workers.back());
    if (Result<void> checked = check_targets(request.job); !checked) return checked;

    const Clock::time_point begin = hooks_.now();
    Result<RoundResult> round = run(job, plan_.modes[grid_.baseline()], 0, std::nullopt, 0);
    if (!round) {
      round.error().detail = fmt::format("{} mode, warm-up: {}", plan_.baseline, round.error().detail);
      return fail(std::move(round.error()));
    }
    Result<RoundReference> reference =
        RoundReference::read(scratch_.folder(), std::move(round->totals), plan_.baseline);
    if (!reference) return fail(std::move(reference.error()));
    probe_ = hooks_.now() - begin;
    SweepJobRecord record;
    record.sources = request.job.sources.size();
    for (const Source& source : request.job.sources) record.source_bytes += source.file_bytes;
    record.files = reference->files().files.size();
    record.bytes = reference->files().bytes();
    record.hash = reference->files().hash();
    record.reference = reference->totals();
    inputs_.name_originals(grid_.jobs()[job], record.reference.errors);
    SweepJobRecord& known = result_.jobs[job];
    if (!known.hash.empty() && known.hash != record.hash) {
      return fail(
          Stage::plan, ErrorCode::corrupt, {},
          fmt::format("{} mode makes other files of the same sources than it did before the sweep was "
                      "interrupted (XXH3 {}, then {})",
                      plan_.baseline, known.hash, record.hash));
    }
    known = std::move(record);
    references_[job] = std::move(*reference);
    if (known.files == 0) result_.ended = Ended::nothing;
    return scratch_.empty();
  }

  Result<void> play(const SweepTurn& turn) {
    const SweepEntry& entry = grid_.entries()[turn.entry];
    Result<RoundResult> played =
        run(entry.job, plan_.modes[entry.mode], entry.workers, turn.entry, turn.block);
    if (!played && played.error().code == ErrorCode::cancelled) {
      if (Result<void> empty = scratch_.empty(); !empty) return empty;
      return fail(std::move(played.error()));
    }
    result_.order.push_back(turn);
    if (!played) {
      result_.failures.push_back({turn.entry, turn.block, std::move(played.error())});
      return scratch_.empty();
    }
    const Result<Manifest> manifest = read_manifest(scratch_.folder());
    if (!manifest) return fail(manifest.error());
    RoundVerdict verdict = references_[entry.job]->judge(*manifest, played->totals);
    if (verdict.difference) {
      result_.disagreement = SweepDisagreement{turn.entry, turn.block, std::move(*verdict.difference)};
      result_.ended = Ended::disagreement;
    } else if (verdict.failure) {
      inputs_.name_originals(grid_.jobs()[entry.job], {&*verdict.failure, 1});
      result_.failures.push_back({turn.entry, turn.block, std::move(*verdict.failure)});
    } else {
      result_.rounds[turn.entry][static_cast<std::size_t>(turn.block - 1)] = std::move(*played);
    }
    return scratch_.empty();
  }

  const SweepPlan& plan_;
  const SweepGrid grid_;
  const std::vector<SweepTurn> turns_;
  SweepInputs& inputs_;
  RoundRunner& runner_;
  Scratch& scratch_;
  const SweepHooks& hooks_;
  const CancelToken& cancel_;
  const Clock::time_point begin_;
  SweepResult result_;
  std::vector<RoundRequest> requests_;                     // by job
  std::vector<std::optional<RoundReference>> references_;  // by job, from its warm-up on
  Nanoseconds probe_{0};                                   // the last warm-up
  Nanoseconds longest_block_{0};
  std::size_t step_ = 0;
  std::size_t steps_ = 0;
};

}  // namespace

SweepResult SweepResult::blank(const SweepGrid& grid) {
  SweepResult result;
  result.jobs.resize(grid.jobs().size());
  result.rounds.resize(grid.entries().size());
  return result;
}

Result<SweepResult> run_sweep(const SweepPlan& plan, SweepResult so_far, SweepInputs& inputs,
                              RoundRunner& runner, Scratch& scratch, const SweepHooks& hooks,
                              const CancelToken& cancel) {
  Sweep sweep(plan, std::move(so_far), inputs, runner, scratch, hooks, cancel);
  if (Result<void> fits = sweep.take_up(); !fits) return fail(std::move(fits.error()));
  if (Result<void> warm = sweep.warm_up(); !warm) return fail(std::move(warm.error()));
  while (sweep.going_on()) {
    if (Result<void> played = sweep.play_block(); !played) return fail(std::move(played.error()));
    sweep.see_whether_to_end();
  }
  return sweep.take_result();
}

}  // namespace labday
