// Which modes differ, and by how much: the claims that an experiment makes. A claim needs two things: it is
// significant after correction for all the others that could have been made, and it is larger than what the
// baseline shows against itself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "lab/round_model.h"
#include "lab/statistics.h"

namespace labday {

struct Ratio {
  double value = 1;
  std::optional<Interval> interval;  // 95 %; none where nothing is known of the noise
};

/// An interval or a noise floor that reaches farther than this share says only that there are too few rounds.
inline constexpr double kWidestShare = 1;

/// Does its interval say anything? Not where there is none.
[[nodiscard]] inline bool tells_something(const Ratio& ratio) {
  return ratio.interval && ratio.interval->high <= (1 + kWidestShare) * ratio.value;
}

/// What can be said of a mode against the baseline.
enum class Verdict : std::uint8_t {
  baseline,  // it is the baseline
  faster,
  slower,
  none,     // no difference was shown
  unknown,  // there are too few rounds to show one, or no baseline
};
/// Is a difference claimed?
[[nodiscard]] inline bool changed(Verdict verdict) {
  return verdict == Verdict::faster || verdict == Verdict::slower;
}
[[nodiscard]] std::string_view name(Verdict verdict);
inline constexpr int kVerdictCount = 5;

struct Standing {
  std::optional<Ratio> ratio;         // to the baseline; none without a round of both
  std::optional<double> corrected_p;  // Holm's, over all modes; none where nothing is known of the noise
  Verdict verdict = Verdict::unknown;
  std::optional<int> place;  // from 1; modes that cannot be told apart share one
};

/// The baseline against itself, a second time in each block.
struct NoiseFloor {
  Ratio ratio;
  std::optional<double> spread;  // standard deviation of the blocks' log ratios; of several blocks
  /// A difference of less than this share is called none: the half-width of the interval, or the difference
  /// that the baseline showed against itself, whichever is larger. None where nothing is known of the noise.
  std::optional<double> share;
};

struct Comparisons {
  std::vector<Standing> modes;
  std::optional<NoiseFloor> noise_floor;
};

inline constexpr double kSignificance = 0.05;
/// For an experiment that stops as soon as its intervals are narrow: it stops more often where the noise
/// happens to look small, and so needs a little more evidence (docs/statistics.md has the simulation).
inline constexpr double kSignificanceAfterLooking = 0.04;

/// `modes` by mode and block; `baseline` is the place of the baseline among them, none if it was not timed;
/// `control`, by block, the second rounds of the baseline. They tell of the noise and, together with the
/// first ones, where the baseline lies: all ratios share its error, so that a second look at it is worth more
/// than one at any other mode (C. Dunnett, A multiple comparison procedure for comparing several treatments
/// with a control, Journal of the American Statistical Association 50 (1955), section 5). No mode's seconds
/// hold them.
///
/// The ranking: two modes other than the baseline are compared only if at least one of the two differs from
/// it, so that an experiment with identical modes cannot make more false claims for being ranked; these
/// comparisons are corrected among themselves. Then all modes are sorted by their level, and a place ends
/// where *every* mode before differs from *every* mode behind. So sharing a place is transitive, modes that
/// were not told apart always share one, and a better place is always a claim.
/// `significance` is what corrected p-values are held against.
[[nodiscard]] Comparisons compare_modes(const LogSeconds& modes, std::optional<std::size_t> baseline,
                                        const std::vector<std::optional<double>>& control,
                                        double significance = kSignificance);

}  // namespace labday
