#include "report/claims_text.h"

#include <fmt/format.h>

#include <cmath>

#include "base/text.h"
#include "report/wording.h"

namespace labday {
namespace {

std::string noise_floor_text(const std::optional<NoiseFloor>& floor) {
  if (!floor) return "Noise floor: not known, since no round of the baseline has a twin in its block.\n";
  if (!floor->share) {
    return "Noise floor: not known, since a single round a mode says nothing of the noise.\n";
  }
  const double here = 100 * std::expm1(std::abs(std::log(floor->ratio.value)));
  if (*floor->share > kWidestShare) {
    return fmt::format(
        "Noise floor: too few rounds to know (here the baseline against itself differs by {:.1f} %).\n",
        here);
  }
  return fmt::format(
      "Noise floor: the baseline against itself differs by up to {:.1f} % (here by {:.1f} %); a smaller "
      "difference is called none.\n",
      100 * *floor->share, here);
}

std::string list_of(const Summary& summary, Verdict verdict) {
  std::string list;
  for (const ModeSummary& mode : summary.modes) {
    if (mode.standing.verdict != verdict) continue;
    list += fmt::format("{}{}", list.empty() ? "" : ", ", printable(mode.mode));
  }
  return list;
}

std::string verdicts_text(const ExperimentPlan& plan, const Summary& summary) {
  const std::string baseline = printable(plan.baseline);
  std::string text;
  const auto say = [&](Verdict verdict, std::string_view title) {
    const std::string list = list_of(summary, verdict);
    if (!list.empty()) text += fmt::format("{}: {}.\n", fmt::format(fmt::runtime(title), baseline), list);
  };
  say(Verdict::faster, "Faster than {}");
  say(Verdict::slower, "Slower than {}");
  say(Verdict::none, "No difference from {} was shown");
  return text;
}

std::string outliers_text(const Summary& summary) {
  std::string list;
  for (const ModeSummary& mode : summary.modes) {
    if (mode.outliers.empty()) continue;
    std::string rounds;
    for (const int round : mode.outliers) rounds += fmt::format("{}{}", rounds.empty() ? "" : ", ", round);
    list += fmt::format("{}{} in {} ({})", list.empty() ? "" : "; ", counted(mode.outliers.size(), "round"),
                        printable(mode.mode), rounds);
  }
  if (list.empty()) return "";
  return fmt::format("Outliers, which count like all others: {}.\n", list);
}

}  // namespace

std::string claims_text(const ExperimentPlan& plan, const Summary& summary) {
  return noise_floor_text(summary.noise_floor) + verdicts_text(plan, summary) + outliers_text(summary);
}

}  // namespace labday
