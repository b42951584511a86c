// What a round's time is made of: log seconds = block + mode + noise. The block takes up whatever drifts
// while an experiment goes on; each mode has its own level and its own noise. Fitting all modes together lets
// every one of them tell how noisy this machine is, which ten rounds of one mode hardly could.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "lab/statistics.h"

namespace labday {

/// By entry and block: the natural logarithm of the seconds; none where a round failed. All entries have the
/// same number of blocks.
using LogSeconds = std::vector<std::vector<std::optional<double>>>;

/// How one entry compares to another.
struct Contrast {
  double log_ratio = 0;
  double standard_error = 0;
  double degrees = 0;  // of Student's t; 0: nothing is known of the noise

  /// 1 where nothing is known of the noise.
  [[nodiscard]] double p_value() const;
  /// Of the ratio, exp(log_ratio), with 95 %.
  [[nodiscard]] std::optional<Interval> ratio_interval() const;
};

/// Fitted by Huber's M-estimator, so that a round that was disturbed weighs less and none is dropped. The
/// noise of each entry is shrunk towards the noise of all by empirical Bayes: an entry that is as noisy as
/// the rest borrows their degrees of freedom, one that is not keeps to its own. Sources: P. Huber, Robust
/// Statistics (1981), 7.6 and 7.10 (estimate, and its variance with the correction K); J. Tukey, Exploratory
/// Data Analysis (1977), chapter 11 (the start, a median polish); G. Smyth, Linear models and empirical Bayes
/// methods, Statistical Applications in Genetics and Molecular Biology 3 (2004), section 6 (shrinking
/// variances); F. Satterthwaite, Biometrics Bulletin 2 (1946) (degrees of freedom).
class RoundModel {
 public:
  explicit RoundModel(const LogSeconds& rounds);

  /// None where no block has a round of both. `reference` may be several entries that are the same thing
  /// timed more than once a block; they are taken together, each round counting alike.
  [[nodiscard]] std::optional<Contrast> compare(std::size_t entry,
                                                std::span<const std::size_t> reference) const;
  [[nodiscard]] std::optional<Contrast> compare(std::size_t entry, std::size_t reference) const {
    return compare(entry, std::span(&reference, 1));
  }

  /// Log seconds of all these entries, less what the blocks take up: larger is slower.
  [[nodiscard]] double level(std::span<const std::size_t> entries) const;

  /// Are there more rounds than levels to fit?
  [[nodiscard]] bool knows_noise() const { return degrees_ >= 1; }

 private:
  void start();
  void fit();
  void find_noise();
  [[nodiscard]] double weight(std::size_t entry, std::size_t block) const;
  [[nodiscard]] double residual(std::size_t entry, std::size_t block) const;

  LogSeconds rounds_;
  std::size_t blocks_ = 0;
  double count_ = 0;    // rounds that there are
  double degrees_ = 0;  // that are left for the noise
  std::vector<double> entry_counts_;
  std::vector<double> levels_;        // by entry
  std::vector<double> block_levels_;  // by block
  std::vector<double> scales_;        // by entry: where a residual begins to weigh less, in units of kCorner
  std::vector<double> variances_;     // by entry: of one round
  double noise_degrees_ = 0;          // of each of `variances_`
};

}  // namespace labday
