#include "lab/prediction.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "base/text.h"
#include "lab/diagnosis.h"
#include "lab/random.h"
#include "lab/recorded_costs.h"
#include "lab/replay.h"
#include "modes/registry.h"

namespace labday {
namespace {

constexpr std::size_t kDraws = 8;
constexpr std::uint64_t kMostTasksInAll = 5'000'000;  // over all draws of a mode: some seconds

using Rounds = std::vector<const RoundResult*>;

/// The rounds of a mode that can be replayed.
Rounds rounds_with_rows(const ModeRounds& mode) {
  Rounds rounds;
  for (const std::optional<RoundResult>& round : mode.rounds) {
    if (round && round->record && !round->record->task_rows.empty() && round->wall.count() > 0) {
      rounds.push_back(&*round);
    }
  }
  return rounds;
}

/// Sources in the order in which a mode hands them out.
std::vector<const SourceCosts*> in_order(const std::vector<const SourceCosts*>& sources, bool as_given) {
  std::vector<const SourceCosts*> ordered = sources;
  if (!as_given) {
    std::stable_sort(ordered.begin(), ordered.end(), [](const SourceCosts* a, const SourceCosts* b) {
      return a->size * static_cast<double>(a->tasks.size()) > b->size * static_cast<double>(b->tasks.size());
    });
  }
  return ordered;
}

/// Replays one round as it was, and as it would be.
class Replayer {
 public:
  Replayer(const RoundResult& round, const Scheduling& recorded)
      : round_(round), costs_(recorded_costs(*round.record, recorded)), recorded_(recorded) {}

  [[nodiscard]] const RecordedCosts& costs() const { return costs_; }

  /// Recorded seconds, less what other programs took, / replayed seconds.
  [[nodiscard]] double calibration(int cores) const {
    std::vector<const SourceCosts*> sources;
    for (const SourceCosts& source : costs_.sources) sources.push_back(&source);
    const double scale = static_cast<double>(round_.record->row_stands_for);
    const Replay again = play(sources, recorded_, {cores, std::nullopt});
    const double seconds = (again.seconds - costs_.overheads.start) * scale + costs_.overheads.start;
    const Accounting accounting = account_for(*round_.record, round_.wall, recorded_, cores);
    const int at_once = std::max(1, std::min(recorded_.at_once, recorded_.workers));
    const double quiet = to_seconds(round_.wall) - accounting.lost_to(Cause::machine_noise) / at_once;
    return seconds > 0 ? quiet / seconds : 1;
  }

  [[nodiscard]] Replay play(const std::vector<const SourceCosts*>& sources, const Scheduling& scheduling,
                            const SharedLimits& limits) const {
    std::vector<const TaskCost*> tasks;
    for (const SourceCosts* source : in_order(sources, scheduling.in_order)) {
      for (const TaskCost& task : source->tasks) tasks.push_back(&task);
    }
    const auto cost = [&](std::uint64_t i) -> const TaskCost& { return *tasks[i]; };
    return replay(tasks.size(), cost, scheduling, costs_.overheads, limits);
  }

  /// `count` sources, drawn from a population that is itself drawn from the recorded ones: what these few do
  /// not tell of all is in the spread.
  [[nodiscard]] std::vector<const SourceCosts*> draw(std::uint64_t count, Random& random) const {
    std::vector<const SourceCosts*> population;
    for (std::size_t i = 0; i < costs_.sources.size(); ++i) {
      population.push_back(&costs_.sources[random.below(costs_.sources.size())]);
    }
    std::vector<const SourceCosts*> drawn;
    drawn.reserve(count);
    for (std::uint64_t i = 0; i < count; ++i) drawn.push_back(population[random.below(population.size())]);
    return drawn;
  }

 private:
  const RoundResult& round_;
  const RecordedCosts costs_;
  const Scheduling& recorded_;
};

double bytes_a_second(const RoundResult& round) {
  const RoundRecord& record = *round.record;
  return static_cast<double>(record.bytes_read + record.bytes_written) / to_seconds(round.wall);
}

/// Which of what all share was busy for most of the time.
Bottleneck bottleneck_of(const Replay& replay, int workers, int cores) {
  const double seconds = std::max(replay.seconds, 1e-12);
  const double hand_out = replay.hand_out_busy / seconds;
  const double storage = replay.storage_busy / seconds;
  const double computing = replay.cores_busy / seconds / std::max(1, cores);
  if (storage > 0.9 && storage >= hand_out) return Bottleneck::storage;
  if (hand_out > 0.9) return Bottleneck::handing_out;
  return workers > cores || computing > 0.9 ? Bottleneck::cores : Bottleneck::workers;
}

class Predictor {
 public:
  Predictor(const BenchRecord& record, const PredictionRequest& request)
      : record_(record), request_(request), cores_(record.result.environment.cpu.cores()) {}

  Result<Prediction> predict_mode(const std::string& label) {
    const auto spec = ModeSpec::parse(label);
    if (!spec) return fail(spec.error());
    const auto scheduling = scheduling_of(*spec, request_.workers.value_or(record_.plan.workers));
    if (!scheduling) return fail(scheduling.error());
    const ModeRounds* const source = rounds_for(label);
    if (source == nullptr) {
      return fail(Stage::plan, ErrorCode::usage, {},
                  "this run has no records of tasks; it was made without them, or by an older labday");
    }
    const auto recorded_spec = ModeSpec::parse(source->mode);
    if (!recorded_spec) return fail(recorded_spec.error());
    const auto recorded = scheduling_of(*recorded_spec, record_.plan.workers);
    if (!recorded) return fail(recorded.error());

    Prediction prediction;
    prediction.mode = label;
    prediction.replayed = source->mode;
    prediction.workers = scheduling->workers;
    prediction.cores = request_.cores.value_or(cores_);
    prediction.sources = request_.sources.value_or(record_.sources);
    replay_rounds(rounds_with_rows(*source), *recorded, *scheduling, prediction);
    say_what_is_unknown(*recorded, *scheduling, prediction);
    return prediction;
  }

 private:
  /// Its own rounds, or those of the baseline, or of any mode.
  [[nodiscard]] const ModeRounds* rounds_for(const std::string& label) const {
    const ModeRounds* any = nullptr;
    for (const std::string& wanted : {label, record_.plan.baseline}) {
      for (const ModeRounds& mode : record_.result.modes) {
        if (rounds_with_rows(mode).empty()) continue;
        if (mode.mode == wanted) return &mode;
        if (any == nullptr) any = &mode;
      }
    }
    return any;
  }

  void replay_rounds(const Rounds& rounds, const Scheduling& recorded, const Scheduling& wanted,
                     Prediction& prediction) const {
    const SharedLimits limits{prediction.cores, request_.storage_bytes_a_second};
    const bool thinned = rounds.front()->record->row_stands_for > 1;
    const bool drawn = prediction.sources != record_.sources || thinned;
    // Of thinned rows each is drawn by itself: there are as many of them as tasks.
    std::uint64_t wanted_rows = prediction.sources;
    if (thinned && record_.sources > 0) {
      wanted_rows = static_cast<std::uint64_t>(std::llround(
          static_cast<double>(prediction.sources) * static_cast<double>(rounds.front()->record->tasks) /
          static_cast<double>(record_.sources)));
    }
    const std::uint64_t tasks = std::max<std::uint64_t>(1, wanted_rows);
    const std::size_t draws =
        std::clamp<std::size_t>(kMostTasksInAll / tasks, 3, std::max(kDraws, rounds.size()));
    std::vector<double> seconds;
    double calibrations = 0;
    double bytes = 0;
    Replay last;
    for (std::size_t i = 0; i < (drawn ? draws : rounds.size()); ++i) {
      const RoundResult& round = *rounds[i % rounds.size()];
      const Replayer replayer(round, recorded);
      const double calibration = replayer.calibration(cores_);
      std::vector<const SourceCosts*> sources;
      if (drawn) {
        Random random(request_.seed + i);
        sources = replayer.draw(wanted_rows, random);
      } else {
        for (const SourceCosts& source : replayer.costs().sources) sources.push_back(&source);
      }
      last = replayer.play(sources, wanted, limits);
      seconds.push_back(calibration * last.seconds);
      calibrations += calibration;
      for (const SourceCosts* source : sources) {
        for (const TaskCost& task : source->tasks) bytes += task.bytes;
      }
      prediction.recorded_bytes_a_second =
          std::max(prediction.recorded_bytes_a_second, bytes_a_second(round));
    }
    const auto count = static_cast<double>(seconds.size());
    prediction.seconds = mean(seconds);
    prediction.calibration = calibrations / count;
    prediction.bottleneck = bottleneck_of(last, std::min(wanted.at_once, wanted.workers), prediction.cores);
    if (prediction.seconds > 0) prediction.bytes_a_second = bytes / count / prediction.seconds;
    if (const auto deviation = standard_deviation(seconds)) {
      // Of a single further value: G. Hahn, W. Meeker, Statistical Intervals (1991), 4.7.
      const double reach = student_t(0.95, count - 1) * *deviation * std::sqrt(1 + 1 / count);
      prediction.interval = Interval{std::max(0.0, prediction.seconds - reach), prediction.seconds + reach};
    }
  }

  void say_what_is_unknown(const Scheduling& recorded, const Scheduling& wanted,
                           Prediction& prediction) const {
    auto& unknown = prediction.unknown;
    if (prediction.replayed != prediction.mode) {
      unknown.push_back(
          fmt::format("what this mode itself costs: it was not recorded, and tasks of {} stand in",
                      printable(prediction.replayed)));
    }
    const int before = std::min({recorded.at_once, recorded.workers, cores_});
    const int now = std::min({wanted.at_once, wanted.workers, prediction.cores});
    if (now > before) {
      unknown.push_back(fmt::format(
          "whether memory keeps up with {} workers that compute at a time; at most {} did", now, before));
    }
    if (!request_.storage_bytes_a_second &&
        prediction.bytes_a_second > 1.1 * prediction.recorded_bytes_a_second) {
      unknown.push_back(
          fmt::format("whether the storage keeps up with {} a second; the most that was seen is {}",
                      human_bytes(static_cast<std::uint64_t>(prediction.bytes_a_second)),
                      human_bytes(static_cast<std::uint64_t>(prediction.recorded_bytes_a_second))));
    }
    if (prediction.sources > record_.sources && record_.sources > 0) {
      unknown.push_back(fmt::format("whether the other sources are like the {} that were recorded",
                                    with_commas(record_.sources)));
    }
  }

  const BenchRecord& record_;
  const PredictionRequest& request_;
  const int cores_;
};

}  // namespace

std::string_view name(Bottleneck bottleneck) {
  constexpr std::array<std::string_view, 4> kNames{"workers", "cores", "handing out", "storage"};
  return kNames.at(static_cast<std::size_t>(bottleneck));
}

Result<std::vector<Prediction>> predict(const BenchRecord& record, const PredictionRequest& request) {
  Predictor predictor(record, request);
  std::vector<Prediction> predictions;
  for (const std::string& mode : request.modes.empty() ? record.plan.modes : request.modes) {
    auto prediction = predictor.predict_mode(mode);
    if (!prediction) return fail(std::move(prediction.error()));
    predictions.push_back(std::move(*prediction));
  }
  return predictions;
}

}  // namespace labday
