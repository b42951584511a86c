#include "lab/sweep_summary.h"

#include <array>
#include <cmath>
#include <map>

namespace labday {
namespace {

/// A point as an experiment: the same figures as `bench` would have recorded there.
struct PointExperiment {
  ExperimentPlan plan;
  ExperimentResult result;
};

PointExperiment experiment_at(const SweepPlan& plan, const SweepGrid& grid, const SweepResult& result,
                              std::size_t point) {
  PointExperiment experiment;
  experiment.plan.baseline = plan.baseline;
  experiment.plan.workers = plan.workers[grid.points()[point].workers];
  experiment.plan.rounds = plan.rounds;
  // Points draw samples of their own, as modes do.
  experiment.plan.seed = plan.seed + point * plan.modes.size();
  for (std::size_t mode = 0; mode < plan.modes.size(); ++mode) {
    experiment.plan.modes.push_back(plan.modes[mode].spec);
    experiment.result.modes.push_back({plan.modes[mode].spec, result.rounds[grid.entry(point, mode)]});
  }
  experiment.result.control = result.rounds[grid.control(point)];
  return experiment;
}

/// The points along one axis, all others held.
std::vector<std::vector<std::size_t>> lines(const SweepPlan& plan, const SweepGrid& grid, SweepAxis axis) {
  const std::array<std::size_t, kSweepAxes> lengths{plan.sources.size(), plan.sizes.size(),
                                                    plan.workers.size()};
  std::map<std::array<std::size_t, kSweepAxes>, std::vector<std::size_t>> found;
  if (lengths.at(static_cast<std::size_t>(axis)) < 2) return {};
  for (std::size_t point = 0; point < grid.points().size(); ++point) {
    const SweepPoint& p = grid.points()[point];
    std::array<std::size_t, kSweepAxes> held{grid.jobs()[p.job].sources, grid.jobs()[p.job].size, p.workers};
    held.at(static_cast<std::size_t>(axis)) = 0;
    found[held].push_back(point);  // points are in the order of every axis
  }
  std::vector<std::vector<std::size_t>> result;
  for (auto& [held, points] : found) result.push_back(std::move(points));
  return result;
}

/// All pairs of modes at all points.
class Pairs {
 public:
  Pairs(const SweepPlan& plan, const SweepResult& result, const SweepGrid& grid,
        const std::vector<SweepPointSummary>& points)
      : modes_(plan.modes.size()) {
    contrasts_.resize(points.size() * modes_ * modes_);
    claims_.resize(contrasts_.size());
    std::vector<double> p_values;
    std::vector<std::size_t> judged;
    for (std::size_t point = 0; point < points.size(); ++point) {
      LogSeconds rounds;
      for (std::size_t mode = 0; mode < modes_; ++mode) {
        rounds.push_back(log_seconds(result.rounds[grid.entry(point, mode)]));
      }
      rounds.push_back(log_seconds(result.rounds[grid.control(point)]));
      const RoundModel model(rounds);
      for (std::size_t first = 0; first < modes_; ++first) {
        for (std::size_t second = first + 1; second < modes_; ++second) {
          const std::size_t pair = place(point, first, second);
          contrasts_[pair] = compare(model, first, second, grid.baseline());
          // Two modes without workers have the same rounds at every count of them: one look at them is
          // enough.
          const bool anew = plan.modes[first].takes_workers || plan.modes[second].takes_workers ||
                            grid.points()[point].workers == 0;
          if (!contrasts_[pair] || contrasts_[pair]->degrees <= 0 || !anew) continue;
          judged.push_back(pair);
          p_values.push_back(contrasts_[pair]->p_value());
        }
      }
    }
    const std::vector<double> corrected = holm(p_values);
    for (std::size_t i = 0; i < judged.size(); ++i) {
      const auto& floor = points[judged[i] / (modes_ * modes_)].summary.noise_floor;
      const double log_ratio = contrasts_[judged[i]]->log_ratio;
      const double least = floor ? std::log1p(floor->share.value_or(0)) : 0;
      if (corrected[i] > kSignificance || std::abs(log_ratio) <= least) continue;
      claims_[judged[i]] = log_ratio < 0 ? -1 : 1;
    }
  }

  /// None where the two have no round in common. `first` < `second`.
  [[nodiscard]] const std::optional<Contrast>& contrast(std::size_t point, std::size_t first,
                                                        std::size_t second) const {
    return contrasts_[place(point, first, second)];
  }
  [[nodiscard]] int claim(std::size_t point, std::size_t first, std::size_t second) const {
    return claims_[place(point, first, second)];
  }

 private:
  /// The control's rounds are the baseline's, too.
  [[nodiscard]] std::optional<Contrast> compare(const RoundModel& model, std::size_t first,
                                                std::size_t second, std::size_t baseline) const {
    const std::array<std::size_t, 2> both{baseline, modes_};
    if (second == baseline) return model.compare(first, both);
    if (first != baseline) return model.compare(first, second);
    std::optional<Contrast> contrast = model.compare(second, both);
    if (contrast) contrast->log_ratio = -contrast->log_ratio;
    return contrast;
  }

  [[nodiscard]] std::size_t place(std::size_t point, std::size_t first, std::size_t second) const {
    return (point * modes_ + first) * modes_ + second;
  }

  std::size_t modes_;
  std::vector<std::optional<Contrast>> contrasts_;
  std::vector<int> claims_;
};

std::vector<Crossover> crossovers(const SweepPlan& plan, const SweepResult& result, const SweepGrid& grid,
                                  const Pairs& pairs) {
  std::vector<Crossover> all;
  const auto along = [&](SweepAxis axis, const std::vector<std::size_t>& line, std::size_t first,
                         std::size_t second) {
    std::vector<CurvePoint> curve;
    std::vector<SweepPoint> on_curve;
    for (const std::size_t point : line) {
      const auto& contrast = pairs.contrast(point, first, second);
      if (!contrast) continue;
      const SweepPoint& here = grid.points()[point];
      curve.push_back(
          {axis_value(plan, result, grid, axis, here), *contrast, pairs.claim(point, first, second)});
      on_curve.push_back(here);
    }
    for (const Crossing& crossing : find_crossings(curve, plan.seed + all.size())) {
      const std::string& a = plan.modes[first].spec;
      const std::string& b = plan.modes[second].spec;
      const bool first_won = !crossing.first_was_faster;
      all.push_back({axis, on_curve[crossing.before], on_curve[crossing.after], crossing.beyond_noise,
                     first_won ? b : a, first_won ? a : b, crossing.x, crossing.interval});
    }
  };
  for (const SweepAxis axis : {SweepAxis::sources, SweepAxis::size, SweepAxis::workers}) {
    for (const auto& line : lines(plan, grid, axis)) {
      for (std::size_t first = 0; first < plan.modes.size(); ++first) {
        for (std::size_t second = first + 1; second < plan.modes.size(); ++second)
          along(axis, line, first, second);
      }
    }
  }
  return all;
}

std::vector<SweepScaling> scalings(const SweepPlan& plan, const SweepGrid& grid, const SweepResult& result) {
  std::vector<SweepScaling> all;
  if (plan.workers.size() < 2) return all;
  for (std::size_t job = 0; job < grid.jobs().size(); ++job) {
    for (std::size_t mode = 0; mode < plan.modes.size(); ++mode) {
      if (!plan.modes[mode].takes_workers) continue;
      std::vector<ScalingSample> samples;
      for (std::size_t workers = 0; workers < plan.workers.size(); ++workers) {
        ScalingSample sample{plan.workers[workers], {}};
        for (const auto& round : result.rounds[grid.entry(grid.point(job, workers), mode)]) {
          if (round && round->wall.count() > 0) sample.seconds.push_back(to_seconds(round->wall));
        }
        if (!sample.seconds.empty()) samples.push_back(std::move(sample));
      }
      all.push_back({job, plan.modes[mode].spec, fit_scaling(samples, plan.seed + 2 * all.size())});
    }
  }
  return all;
}

}  // namespace

double axis_value(const SweepPlan& plan, const SweepResult& result, const SweepGrid& grid, SweepAxis axis,
                  const SweepPoint& point) {
  switch (axis) {
    case SweepAxis::sources:
      return static_cast<double>(result.jobs[point.job].sources);
    case SweepAxis::size:
      return plan.sizes[grid.jobs()[point.job].size];
    case SweepAxis::workers:
      break;
  }
  return plan.workers[point.workers];
}

std::vector<SweepPointSummary> summarise_points(const SweepPlan& plan, const SweepResult& result) {
  std::vector<SweepPointSummary> points;
  if (result.disagreement) return points;
  const SweepGrid grid(plan);
  for (std::size_t point = 0; point < grid.points().size(); ++point) {
    const PointExperiment experiment = experiment_at(plan, grid, result, point);
    points.push_back({grid.points()[point], result.jobs[grid.points()[point].job].sources,
                      summarise(experiment.plan, experiment.result)});
  }
  return points;
}

SweepSummary summarise_sweep(const SweepPlan& plan, const SweepResult& result) {
  SweepSummary summary;
  if (result.disagreement) return summary;
  const SweepGrid grid(plan);
  summary.points = summarise_points(plan, result);
  summary.crossovers = crossovers(plan, result, grid, Pairs(plan, result, grid, summary.points));
  summary.scalings = scalings(plan, grid, result);
  return summary;
}

}  // namespace labday
