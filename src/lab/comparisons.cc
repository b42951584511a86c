#include "lab/comparisons.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>
#include <utility>

namespace labday {
namespace {

bool has_rounds(const std::vector<std::optional<double>>& rounds) {
  return std::any_of(rounds.begin(), rounds.end(), [](const auto& round) { return round.has_value(); });
}

std::optional<Ratio> to_ratio(const std::optional<Contrast>& contrast) {
  if (!contrast) return std::nullopt;
  return Ratio{std::exp(contrast->log_ratio), contrast->ratio_interval()};
}

/// A table of which pairs differ, filled claim by claim.
class Claims {
 public:
  /// Of `entries`: for each mode, the entries of the model that are its rounds.
  Claims(const RoundModel& model, const std::vector<std::vector<std::size_t>>& entries, double floor,
         double significance)
      : model_(model),
        entries_(entries),
        modes_(entries.size()),
        floor_(floor),
        significance_(significance),
        differ_(modes_ * modes_, false) {}

  struct Pair {
    std::size_t mode;
    std::size_t reference;
  };

  /// Judges these pairs together; gives back the corrected p-values, none where there is no noise to judge
  /// by.
  std::vector<std::optional<double>> judge(const std::vector<Pair>& pairs) {
    std::vector<std::optional<double>> corrected(pairs.size());
    std::vector<std::size_t> places;
    std::vector<double> p_values;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      const auto contrast = model_.compare(pairs[i].mode, entries_[pairs[i].reference]);
      if (!contrast || contrast->degrees <= 0) continue;
      places.push_back(i);
      p_values.push_back(contrast->p_value());
    }
    const std::vector<double> all = holm(p_values);
    for (std::size_t i = 0; i < places.size(); ++i) {
      const auto [mode, reference] = pairs[places[i]];
      corrected[places[i]] = all[i];
      const double size = std::abs(model_.compare(mode, entries_[reference])->log_ratio);
      if (all[i] > significance_ || size <= floor_) continue;
      differ_[mode * modes_ + reference] = true;
      differ_[reference * modes_ + mode] = true;
    }
    return corrected;
  }

  [[nodiscard]] bool differ(std::size_t a, std::size_t b) const { return differ_[a * modes_ + b]; }

 private:
  const RoundModel& model_;
  const std::vector<std::vector<std::size_t>>& entries_;
  std::size_t modes_;
  double floor_;  // of a log ratio
  double significance_;
  std::vector<bool> differ_;
};

std::optional<double> spread_of(const std::vector<std::optional<double>>& control,
                                const std::vector<std::optional<double>>& baseline) {
  std::vector<double> logarithms;
  for (std::size_t block = 0; block < std::min(control.size(), baseline.size()); ++block) {
    if (control[block] && baseline[block]) logarithms.push_back(*control[block] - *baseline[block]);
  }
  return standard_deviation(logarithms);
}

NoiseFloor noise_floor_of(const Contrast& contrast, std::optional<double> spread) {
  NoiseFloor floor{*to_ratio(contrast), spread, {}};
  if (!floor.ratio.interval) return floor;
  const double half_width = std::log(floor.ratio.interval->high / floor.ratio.interval->low) / 2;
  floor.share = std::expm1(std::max(std::abs(contrast.log_ratio), half_width));
  return floor;
}

/// `present` sorted by level, the fastest first.
void give_places(std::vector<Standing>& standings, const std::vector<std::size_t>& present,
                 const Claims& claims) {
  int place = 1;
  for (std::size_t i = 0; i < present.size(); ++i) {
    bool cut = i > 0;
    for (std::size_t before = 0; before < i && cut; ++before) {
      for (std::size_t behind = i; behind < present.size() && cut; ++behind) {
        cut = claims.differ(present[before], present[behind]);
      }
    }
    if (cut) place = static_cast<int>(i) + 1;
    standings[present[i]].place = place;
  }
}

}  // namespace

std::string_view name(Verdict verdict) {
  constexpr std::array<std::string_view, kVerdictCount> kNames{"baseline", "faster", "slower", "none",
                                                               "unknown"};
  return kNames.at(static_cast<std::size_t>(verdict));
}

Comparisons compare_modes(const LogSeconds& modes, std::optional<std::size_t> baseline,
                          const std::vector<std::optional<double>>& control, double significance) {
  Comparisons result;
  result.modes.resize(modes.size());
  LogSeconds rounds = modes;
  std::vector<std::vector<std::size_t>> entries;
  for (std::size_t mode = 0; mode < modes.size(); ++mode) entries.push_back({mode});
  const bool controlled = baseline && has_rounds(control);
  if (controlled) {
    entries[*baseline].push_back(rounds.size());
    rounds.push_back(control);
  }
  const RoundModel model(rounds);

  if (controlled) {
    if (const auto contrast = model.compare(modes.size(), *baseline)) {
      result.noise_floor = noise_floor_of(*contrast, spread_of(control, modes[*baseline]));
    }
  }
  const double floor = result.noise_floor ? std::log1p(result.noise_floor->share.value_or(0)) : 0;
  Claims claims(model, entries, floor, significance);

  std::vector<std::size_t> present;
  for (std::size_t mode = 0; mode < modes.size(); ++mode) {
    if (has_rounds(modes[mode])) present.push_back(mode);
  }
  std::vector<Claims::Pair> first;
  if (baseline) {
    for (const std::size_t mode : present) {
      Standing& standing = result.modes[mode];
      if (mode == *baseline) {
        standing.ratio = Ratio{};
        standing.verdict = Verdict::baseline;
      } else {
        standing.ratio = to_ratio(model.compare(mode, entries[*baseline]));
        first.push_back({mode, *baseline});
      }
    }
    const auto corrected = claims.judge(first);
    for (std::size_t i = 0; i < first.size(); ++i) {
      Standing& standing = result.modes[first[i].mode];
      standing.corrected_p = corrected[i];
      if (!corrected[i]) continue;
      standing.verdict = Verdict::none;
      if (claims.differ(first[i].mode, *baseline)) {
        standing.verdict = standing.ratio->value < 1 ? Verdict::faster : Verdict::slower;
      }
    }
  }
  std::vector<Claims::Pair> second;
  for (std::size_t i = 0; i < present.size(); ++i) {
    for (std::size_t j = i + 1; j < present.size(); ++j) {
      const auto [a, b] = std::pair(present[i], present[j]);
      if (baseline && (a == *baseline || b == *baseline)) continue;
      if (baseline && !claims.differ(a, *baseline) && !claims.differ(b, *baseline)) continue;
      second.push_back({a, b});
    }
  }
  std::ignore = claims.judge(second);
  if (!model.knows_noise()) return result;
  std::stable_sort(present.begin(), present.end(), [&](std::size_t a, std::size_t b) {
    return model.level(entries[a]) < model.level(entries[b]);
  });
  give_places(result.modes, present, claims);
  return result;
}

}  // namespace labday
