#include "lab/sweep_summary.h"

#include <algorithm>
#include <array>
#include <map>
#include <span>

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

const ModeSummary* find(const Summary& summary, const std::string& mode) {
  const auto found = std::find_if(summary.modes.begin(), summary.modes.end(),
                                  [&](const ModeSummary& m) { return m.mode == mode; });
  return found == summary.modes.end() ? nullptr : &*found;
}

class Crossovers {
 public:
  Crossovers(const SweepPlan& plan, const SweepResult& result, const SweepGrid& grid,
             const std::vector<SweepPointSummary>& points)
      : plan_(plan), result_(result), grid_(grid), points_(points) {
    for (std::size_t point = 0; point < grid.points().size(); ++point) {
      LogSeconds rounds;
      for (std::size_t mode = 0; mode < plan.modes.size(); ++mode) {
        rounds.push_back(log_seconds(result.rounds[grid.entry(point, mode)]));
      }
      rounds.push_back(log_seconds(result.rounds[grid.control(point)]));
      models_.emplace_back(rounds);
    }
  }

  std::vector<Crossover> find_all() {
    std::vector<Crossover> all;
    for (int axis = 0; axis < kSweepAxes; ++axis) {
      for (const auto& line : lines(plan_, grid_, static_cast<SweepAxis>(axis))) {
        for (std::size_t first = 0; first < plan_.modes.size(); ++first) {
          for (std::size_t second = first + 1; second < plan_.modes.size(); ++second) {
            along(static_cast<SweepAxis>(axis), line, first, second, all);
          }
        }
      }
    }
    return all;
  }

 private:
  void along(SweepAxis axis, std::span<const std::size_t> line, std::size_t first, std::size_t second,
             std::vector<Crossover>& all) {
    std::vector<CurvePoint> curve;
    std::vector<std::size_t> on_curve;
    for (const std::size_t point : line) {
      const ModeSummary* a = find(points_[point].summary, plan_.modes[first].spec);
      const ModeSummary* b = find(points_[point].summary, plan_.modes[second].spec);
      if (a == nullptr || b == nullptr || !a->standing.place || !b->standing.place) continue;
      const auto contrast = models_[point].compare(first, second);
      if (!contrast) continue;
      const int claim = *a->standing.place < *b->standing.place   ? -1
                        : *a->standing.place > *b->standing.place ? 1
                                                                  : 0;
      curve.push_back({axis_value(plan_, result_, grid_, axis, grid_.points()[point]), *contrast, claim});
      on_curve.push_back(point);
    }
    for (const Crossing& crossing : find_crossings(curve, plan_.seed + all.size())) {
      const std::string& a = plan_.modes[first].spec;
      const std::string& b = plan_.modes[second].spec;
      all.push_back({axis, grid_.points()[on_curve[crossing.before]],
                     grid_.points()[on_curve[crossing.after]], crossing.first_was_faster ? a : b,
                     crossing.first_was_faster ? b : a, crossing.x, crossing.interval});
    }
  }

  const SweepPlan& plan_;
  const SweepResult& result_;
  const SweepGrid& grid_;
  const std::vector<SweepPointSummary>& points_;
  std::vector<RoundModel> models_;  // by point; its entries are the modes and, behind them, the control
};

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

SweepSummary summarise_sweep(const SweepPlan& plan, const SweepResult& result) {
  SweepSummary summary;
  if (result.disagreement) return summary;
  const SweepGrid grid(plan);
  for (std::size_t point = 0; point < grid.points().size(); ++point) {
    const PointExperiment experiment = experiment_at(plan, grid, result, point);
    summary.points.push_back({grid.points()[point], result.jobs[grid.points()[point].job].sources,
                              summarise(experiment.plan, experiment.result)});
  }
  summary.crossovers = Crossovers(plan, result, grid, summary.points).find_all();
  summary.scalings = scalings(plan, grid, result);
  return summary;
}

}  // namespace labday
