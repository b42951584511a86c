#include "lab/run_comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "lab/diagnosis.h"
#include "lab/round_model.h"
#include "lab/run_disturbance.h"
#include "lab/summary.h"
#include "lab/sweep_summary.h"

namespace labday {
namespace {

/// The rounds at one point of a run.
struct Point {
  ComparedPoint at;
  std::vector<std::string> modes;
  LogSeconds rounds;  // by mode, and behind them the control if there is one
  std::optional<std::size_t> baseline;
  std::optional<double> floor;  // of a log ratio

  /// The entries of `rounds` that are the baseline.
  [[nodiscard]] std::vector<std::size_t> baseline_entries() const {
    std::vector<std::size_t> entries{*baseline};
    if (rounds.size() > modes.size()) entries.push_back(modes.size());
    return entries;
  }
};

using Rounds = std::vector<std::optional<RoundResult>>;

Point make_point(ComparedPoint at, std::vector<std::string> modes, const std::vector<const Rounds*>& rounds,
                 const Rounds* control, const std::string& baseline) {
  Point point;
  point.at = at;
  point.modes = std::move(modes);
  std::size_t blocks = 0;
  for (const Rounds* of_mode : rounds) {
    point.rounds.push_back(log_seconds(*of_mode));
    blocks = std::max(blocks, point.rounds.back().size());
  }
  for (auto& of_mode : point.rounds) of_mode.resize(blocks);
  std::vector<std::optional<double>> again;
  if (control != nullptr) again = log_seconds(*control);
  again.resize(blocks);
  const auto found = std::find(point.modes.begin(), point.modes.end(), baseline);
  if (found == point.modes.end()) return point;
  point.baseline = static_cast<std::size_t>(found - point.modes.begin());
  const Comparisons comparisons = compare_modes(point.rounds, point.baseline, again);
  if (comparisons.noise_floor && comparisons.noise_floor->share) {
    point.floor = std::log1p(*comparisons.noise_floor->share);
  }
  const bool any =
      std::any_of(again.begin(), again.end(), [](const auto& round) { return round.has_value(); });
  if (any) point.rounds.push_back(std::move(again));
  return point;
}

std::vector<Point> points_of(const BenchRecord& record) {
  const ExperimentResult& result = record.result;
  std::vector<std::string> modes;
  std::vector<const Rounds*> rounds;
  for (const ModeRounds& mode : result.modes) {
    modes.push_back(mode.mode);
    rounds.push_back(&mode.rounds);
  }
  if (result.disagreement || modes.empty()) return {};
  // An experiment has one point, whatever job it is of.
  return {make_point({}, std::move(modes), rounds, result.control.empty() ? nullptr : &result.control,
                     record.plan.baseline)};
}

std::vector<Point> points_of(const SweepRecord& record) {
  const SweepGrid grid(record.plan);
  std::vector<Point> points;
  if (record.result.disagreement) return points;
  for (std::size_t i = 0; i < grid.points().size(); ++i) {
    const SweepPoint& at = grid.points()[i];
    std::vector<std::string> modes;
    std::vector<const Rounds*> rounds;
    for (std::size_t mode = 0; mode < record.plan.modes.size(); ++mode) {
      modes.push_back(record.plan.modes[mode].spec);
      rounds.push_back(&record.result.rounds[grid.entry(i, mode)]);
    }
    const ComparedPoint where{record.result.jobs[at.job].sources, record.plan.sizes[grid.jobs()[at.job].size],
                              record.plan.workers[at.workers]};
    points.push_back(make_point(where, std::move(modes), rounds, &record.result.rounds[grid.control(i)],
                                record.plan.baseline));
  }
  return points;
}

std::vector<double> values_of(const std::vector<std::optional<double>>& rounds) {
  std::vector<double> values;
  for (const auto& round : rounds) {
    if (round) values.push_back(*round);
  }
  return values;
}

double mean_seconds(const std::vector<double>& logarithms) {
  double sum = 0;
  for (const double value : logarithms) sum += std::exp(value);
  return sum / static_cast<double>(logarithms.size());
}

/// The difference of two independent figures; degrees of freedom by Welch and Satterthwaite.
Contrast difference(double value, double error_a, double degrees_a, double error_b, double degrees_b) {
  constexpr double kLeastError = 1e-9;  // a noise of a billionth; below it there is none
  const double a = error_a * error_a;
  const double b = error_b * error_b;
  Contrast contrast;
  contrast.log_ratio = value;
  contrast.standard_error = std::max(kLeastError, std::sqrt(a + b));
  if (degrees_a <= 0 || degrees_b <= 0) return contrast;
  const double divisor = a * a / degrees_a + b * b / degrees_b;
  contrast.degrees = divisor > 0 ? (a + b) * (a + b) / divisor : degrees_a + degrees_b;
  return contrast;
}

Contrast change_of_seconds(const std::vector<double>& first, const std::vector<double>& second) {
  const auto error_of = [](const std::vector<double>& values) {
    return standard_deviation(values).value_or(0) / std::sqrt(static_cast<double>(values.size()));
  };
  return difference(mean(second) - mean(first), error_of(first), static_cast<double>(first.size()) - 1,
                    error_of(second), static_cast<double>(second.size()) - 1);
}

std::optional<Contrast> change_of_ratio(const Point& first, const RoundModel& first_model, std::size_t a,
                                        const Point& second, const RoundModel& second_model, std::size_t b) {
  const auto before = first_model.compare(a, first.baseline_entries());
  const auto after = second_model.compare(b, second.baseline_entries());
  if (!before || !after) return std::nullopt;
  return difference(after->log_ratio - before->log_ratio, before->standard_error, before->degrees,
                    after->standard_error, after->degrees);
}

Ratio to_ratio(const Contrast& contrast) { return {std::exp(contrast.log_ratio), contrast.ratio_interval()}; }

/// A contrast that waits for the correction, and where its verdict goes.
struct Pending {
  Contrast contrast;
  double floor = 0;
  Verdict* verdict = nullptr;
};

void judge(const std::vector<Pending>& pending) {
  std::vector<double> p_values;
  std::vector<const Pending*> judged;
  for (const Pending& one : pending) {
    if (one.contrast.degrees <= 0) continue;
    p_values.push_back(one.contrast.p_value());
    judged.push_back(&one);
  }
  const std::vector<double> corrected = holm(p_values);
  for (std::size_t i = 0; i < judged.size(); ++i) {
    const Pending& one = *judged[i];
    *one.verdict = Verdict::none;
    if (corrected[i] > kSignificance || std::abs(one.contrast.log_ratio) <= one.floor) continue;
    *one.verdict = one.contrast.log_ratio < 0 ? Verdict::faster : Verdict::slower;
  }
}

Pattern pattern_of(const std::vector<PointChange>& points, const std::string& baseline) {
  bool known = false;
  bool any = false;
  bool one_way = true;
  bool apart = false;     // a mode that changed against the baseline
  bool compared = false;  // with the baseline, in both runs
  bool of_baseline = false;
  Verdict direction = Verdict::none;
  for (const PointChange& point : points) {
    for (const ModeChange& mode : point.modes) {
      known = known || mode.verdict != Verdict::unknown;
      apart = apart || changed(mode.verdict_against_baseline);
      compared = compared || mode.against_baseline;
      if (!changed(mode.verdict)) continue;
      any = true;
      of_baseline = of_baseline || mode.mode == baseline;
      one_way = one_way && (direction == Verdict::none || direction == mode.verdict);
      direction = mode.verdict;
    }
  }
  if (!known) return Pattern::unknown;
  if (!any && !apart) return Pattern::none;
  if (!compared) return Pattern::mixed;
  if (one_way && !apart) return Pattern::alike;
  if (of_baseline) return Pattern::baseline;
  return apart ? Pattern::single : Pattern::mixed;
}

void note_missing(const std::vector<std::string>& of, const std::vector<std::string>& in,
                  std::vector<std::string>& missing) {
  for (const std::string& mode : of) {
    const bool there = std::find(in.begin(), in.end(), mode) != in.end();
    if (!there && std::find(missing.begin(), missing.end(), mode) == missing.end()) missing.push_back(mode);
  }
}

RunComparison compare(const std::vector<Point>& first, const std::vector<Point>& second,
                      const std::string& first_baseline, const std::string& second_baseline) {
  RunComparison comparison;
  std::vector<Contrast> seconds;
  std::vector<std::optional<Contrast>> ratios;
  std::vector<double> floors;
  for (const Point& a : first) {
    const auto b = std::find_if(second.begin(), second.end(), [&](const Point& p) { return p.at == a.at; });
    if (b == second.end()) continue;
    note_missing(a.modes, b->modes, comparison.only_first);
    note_missing(b->modes, a.modes, comparison.only_second);
    PointChange& change = comparison.points.emplace_back();
    change.at = a.at;
    const double floor = std::max(a.floor.value_or(0), b->floor.value_or(0));
    if (a.floor || b->floor) change.noise_floor_share = std::expm1(floor);
    const RoundModel first_model(a.rounds);
    const RoundModel second_model(b->rounds);
    const bool one_baseline = a.baseline && b->baseline && first_baseline == second_baseline;
    for (std::size_t i = 0; i < a.modes.size(); ++i) {
      const auto same = std::find(b->modes.begin(), b->modes.end(), a.modes[i]);
      if (same == b->modes.end()) continue;
      const auto j = static_cast<std::size_t>(same - b->modes.begin());
      const std::vector<double> before = values_of(a.rounds[i]);
      const std::vector<double> after = values_of(b->rounds[j]);
      if (before.empty() || after.empty()) continue;
      seconds.push_back(change_of_seconds(before, after));
      ratios.emplace_back();
      floors.push_back(floor);
      ModeChange mode;
      mode.mode = a.modes[i];
      mode.first_seconds = mean_seconds(before);
      mode.second_seconds = mean_seconds(after);
      mode.seconds = to_ratio(seconds.back());
      if (one_baseline && i != *a.baseline) {
        ratios.back() = change_of_ratio(a, first_model, i, *b, second_model, j);
        if (ratios.back()) mode.against_baseline = to_ratio(*ratios.back());
      }
      change.modes.push_back(std::move(mode));
    }
  }
  // The verdicts have their places only now.
  std::vector<Pending> of_seconds;
  std::vector<Pending> of_ratios;
  std::size_t next = 0;
  for (PointChange& point : comparison.points) {
    for (ModeChange& mode : point.modes) {
      of_seconds.push_back({seconds[next], floors[next], &mode.verdict});
      if (ratios[next]) of_ratios.push_back({*ratios[next], floors[next], &mode.verdict_against_baseline});
      ++next;
    }
  }
  judge(of_seconds);
  judge(of_ratios);
  comparison.pattern = pattern_of(comparison.points, first_baseline);
  return comparison;
}

/// Collects what differs.
class Differences {
 public:
  void add(std::string what, const std::string& first, const std::string& second) {
    if (first != second) list_.push_back({std::move(what), first, second});
  }
  void add_job(const Job& first, const Job& second) {
    add("renditions", renditions_text(first.renditions), renditions_text(second.renditions));
    add("orientation", first.apply_orientation ? "exif" : "none", second.apply_orientation ? "exif" : "none");
  }
  void add_sources(std::uint64_t first, std::uint64_t first_bytes, std::uint64_t second,
                   std::uint64_t second_bytes) {
    add("sources", fmt::format("{} of {} bytes", first, first_bytes),
        fmt::format("{} of {} bytes", second, second_bytes));
  }
  [[nodiscard]] std::vector<EnvironmentDifference> take() { return std::move(list_); }

 private:
  std::vector<EnvironmentDifference> list_;
};

}  // namespace

RunComparison compare_runs(const BenchRecord& first, const BenchRecord& second) {
  RunComparison comparison =
      compare(points_of(first), points_of(second), first.plan.baseline, second.plan.baseline);
  const auto before = diagnose(first.plan, first.result);
  const auto after = diagnose(second.plan, second.result);
  const std::string& baseline = first.plan.baseline;
  comparison.disturbance = before.empty() || after.empty()
                               ? disturbance_of_machine(first.result.environment, second.result.environment,
                                                        comparison.points, baseline)
                               : disturbance_of_modes(before, after, comparison.points, baseline);
  return comparison;
}

RunComparison compare_runs(const SweepRecord& first, const SweepRecord& second) {
  RunComparison comparison =
      compare(points_of(first), points_of(second), first.plan.baseline, second.plan.baseline);
  comparison.disturbance = disturbance_of_machine(first.result.environment, second.result.environment,
                                                  comparison.points, first.plan.baseline);
  return comparison;
}

std::vector<EnvironmentDifference> job_differences(const BenchRecord& first, const BenchRecord& second) {
  Differences differences;
  differences.add_sources(first.sources, first.source_bytes, second.sources, second.source_bytes);
  differences.add_job(first.plan.job, second.plan.job);
  differences.add("grain", std::string(name(first.plan.grain)), std::string(name(second.plan.grain)));
  differences.add("workers", std::to_string(first.plan.workers), std::to_string(second.plan.workers));
  return differences.take();
}

std::vector<EnvironmentDifference> job_differences(const SweepRecord& first, const SweepRecord& second) {
  Differences differences;
  differences.add_sources(first.sources, first.source_bytes, second.sources, second.source_bytes);
  differences.add("content of the sources, XXH3", first.sources_hash, second.sources_hash);
  differences.add_job(first.plan.job, second.plan.job);
  differences.add("grain", std::string(name(first.plan.grain)), std::string(name(second.plan.grain)));
  return differences.take();
}

}  // namespace labday
