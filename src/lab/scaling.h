// How a mode's time follows from its workers: two laws, fitted to what was measured. A law is a summary of
// the counts that were tried; beyond them, and beyond the cores of the machine, it is an extrapolation.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "lab/statistics.h"

namespace labday {

/// The rounds of one mode with one count of workers. At least one, all above 0.
struct ScalingSample {
  int workers = 1;
  std::vector<double> seconds;
};

struct Estimate {
  double value = 0;
  std::optional<Interval> interval;  // 95 %; none where nothing is known of the noise
};

/// seconds(N) = seconds(1) · (σ + (1 - σ) / N): a share σ of the work does not get faster with more workers.
/// Source: G. Amdahl, Validity of the single processor approach to achieving large scale computing
/// capabilities, AFIPS Conference Proceedings 30 (1967).
struct AmdahlLaw {
  Estimate one_worker_seconds;
  Estimate serial_share;    // σ, 0 … 1
  double misfit_share = 0;  // root mean square of what the law leaves unexplained, of the time

  [[nodiscard]] double seconds(double workers) const;
  /// 1 / σ: what more workers can reach at most; infinite for σ = 0.
  [[nodiscard]] Estimate most_speedup() const;
};

/// seconds(N) = seconds(1) · (1 + σ (N - 1) + κ N (N - 1)) / N: beside the contention σ, a price κ that each
/// worker pays for each other one, so that more workers can make it slower.
/// Source: N. Gunther, Guerrilla Capacity Planning (2007), chapters 4 and 5.
struct UniversalLaw {
  Estimate one_worker_seconds;
  Estimate contention;  // σ, 0 … 1
  Estimate coherency;   // κ, at least 0
  std::optional<double>
      fastest;  // √((1 - σ) / κ): the workers with which it is fastest, at least 1; none for κ = 0
  double misfit_share = 0;

  [[nodiscard]] double seconds(double workers) const;
};

inline constexpr std::size_t kCountsForAmdahl = 2;
inline constexpr std::size_t kCountsForUniversal = 3;

struct ScalingLaws {
  std::size_t counts = 0;                 // different counts of workers
  std::optional<AmdahlLaw> amdahl;        // none with fewer than kCountsForAmdahl of them
  std::optional<UniversalLaw> universal;  // none with fewer than kCountsForUniversal
};

/// Fits both by least squares of the relative errors: multiplied by N both laws are linear in seconds(1),
/// seconds(1) · σ and seconds(1) · κ, none of which may be negative. The intervals are those of a parametric
/// bootstrap: kBootstrapSamples times the mean logarithm of each count is moved by Student's t of the noise
/// that all counts have in common, and the laws are fitted anew. `samples` has each count once.
[[nodiscard]] ScalingLaws fit_scaling(std::span<const ScalingSample> samples, std::uint64_t seed);

}  // namespace labday
