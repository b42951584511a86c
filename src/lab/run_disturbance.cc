#include "lab/run_disturbance.h"

#include <algorithm>
#include <cmath>

#include "lab/machine_load.h"

namespace labday {
namespace {

double lost_share(const ModeDiagnosis& mode) {
  const Accounting& all = mode.accounting;
  return all.worker_seconds > 0 ? all.lost_to(Cause::machine_noise) / all.worker_seconds : 0;
}

/// The logarithm of what a mode's lost time makes of its ratio; 0 where it is not known of both runs.
double log_lost(const std::string& mode, const std::vector<ModeDiagnosis>& first,
                const std::vector<ModeDiagnosis>& second) {
  constexpr double kMostShare = 0.99;  // the time of a mode that did nothing else is not to be corrected
  const auto log_left = [&](const std::vector<ModeDiagnosis>& modes) -> std::optional<double> {
    const auto found =
        std::find_if(modes.begin(), modes.end(), [&](const auto& m) { return m.mode == mode; });
    if (found == modes.end()) return std::nullopt;
    return std::log1p(-std::min(lost_share(*found), kMostShare));
  };
  const auto before = log_left(first);
  const auto after = log_left(second);
  return before && after ? *before - *after : 0;
}

/// Is more of a change left than noise, in its direction, when the lost time is taken out?
bool remains(const Ratio& ratio, double log_lost, double floor) {
  const double change = std::log(ratio.value);
  double noise = floor;
  if (ratio.interval && ratio.interval->low > 0) {
    noise = std::max(noise, std::log(ratio.interval->high / ratio.interval->low) / 2);
  }
  return (change > 0 ? change - log_lost : log_lost - change) > noise;
}

void note_unexplained(const std::vector<PointChange>& points, const std::string& baseline,
                      const std::vector<ModeDiagnosis>& first, const std::vector<ModeDiagnosis>& second,
                      Disturbance& disturbance) {
  const double of_baseline = log_lost(baseline, first, second);
  for (const PointChange& point : points) {
    const double floor = std::log1p(point.noise_floor_share.value_or(0));
    for (const ModeChange& mode : point.modes) {
      const double lost = log_lost(mode.mode, first, second);
      const bool left = changed(mode.verdict)
                            ? remains(mode.seconds, lost, floor)
                            : changed(mode.verdict_against_baseline) &&
                                  remains(*mode.against_baseline, lost - of_baseline, floor);
      if (left) disturbance.unexplained.push_back(mode.mode);
    }
  }
}

/// By the mode whose share of time lost to others differs most.
std::optional<Disturbance> largest_disturbance(const std::vector<ModeDiagnosis>& first,
                                               const std::vector<ModeDiagnosis>& second) {
  std::optional<Disturbance> largest;
  for (const ModeDiagnosis& a : first) {
    for (const ModeDiagnosis& b : second) {
      if (a.mode != b.mode) continue;
      const Disturbance found{lost_share(b) > lost_share(a), a.mode, lost_share(a), lost_share(b), {}};
      const auto size = [](const Disturbance& d) { return std::abs(d.second_share - d.first_share); };
      if (size(found) >= kLeastDisturbance && (!largest || size(found) > size(*largest))) largest = found;
    }
  }
  return largest;
}

/// The modes that changed in the direction in which no disturbance of that run takes them. Against the
/// baseline a mode may be faster where the baseline itself was slowed down.
void note_contrary(const std::vector<PointChange>& points, const std::string& baseline,
                   Disturbance& disturbance) {
  const Verdict expected = disturbance.in_second ? Verdict::slower : Verdict::faster;
  for (const PointChange& point : points) {
    const bool baseline_explains = std::any_of(
        point.modes.begin(), point.modes.end(),
        [&](const ModeChange& mode) { return mode.mode == baseline && mode.verdict == expected; });
    for (const ModeChange& mode : point.modes) {
      const bool contrary = changed(mode.verdict)
                                ? mode.verdict != expected
                                : changed(mode.verdict_against_baseline) &&
                                      mode.verdict_against_baseline != expected && !baseline_explains;
      const auto& noted = disturbance.unexplained;
      if (contrary && std::find(noted.begin(), noted.end(), mode.mode) == noted.end()) {
        disturbance.unexplained.push_back(mode.mode);
      }
    }
  }
}

}  // namespace

std::optional<Disturbance> disturbance_of_modes(const std::vector<ModeDiagnosis>& first,
                                                const std::vector<ModeDiagnosis>& second,
                                                const std::vector<PointChange>& points,
                                                const std::string& baseline) {
  std::optional<Disturbance> found = largest_disturbance(first, second);
  if (found) note_unexplained(points, baseline, first, second, *found);
  return found;
}

std::optional<Disturbance> disturbance_of_machine(const Environment& first, const Environment& second,
                                                  const std::vector<PointChange>& points,
                                                  const std::string& baseline) {
  const LoadBetween a = load_between(first.before, first.after);
  const LoadBetween b = load_between(second.before, second.after);
  if (!a.cpu_pressure || !b.cpu_pressure) return std::nullopt;
  if (std::abs(*b.cpu_pressure - *a.cpu_pressure) < kLeastPressureDisturbance) return std::nullopt;
  Disturbance found{*b.cpu_pressure > *a.cpu_pressure, "", *a.cpu_pressure, *b.cpu_pressure, {}};
  note_contrary(points, baseline, found);
  return found;
}

}  // namespace labday
