// What was counted in a mode's rounds, and how it is told as the evidence for a finding.
#pragma once

#include <optional>
#include <string>

#include "lab/findings.h"
#include "lab/round_record.h"
#include "modes/scheduling.h"

namespace labday {

/// Figures of rounds, which are averages of as many as were added.
class MeanRecord {
 public:
  void add(const RoundRecord& record, Nanoseconds wall);

  [[nodiscard]] double wall() const { return wall_ / rounds_; }
  [[nodiscard]] double tasks() const { return tasks_ / rounds_; }
  [[nodiscard]] double longest_task() const { return longest_task_ / rounds_; }
  [[nodiscard]] double made() const { return made_ / rounds_; }
  [[nodiscard]] double bytes_read() const { return bytes_read_ / rounds_; }
  [[nodiscard]] double bytes_written() const { return bytes_written_ / rounds_; }
  [[nodiscard]] double bytes_handed() const { return bytes_handed_ / rounds_; }
  /// None where a round lacks it.
  [[nodiscard]] std::optional<double> run_delay() const;
  [[nodiscard]] std::optional<double> others_cpu() const;
  [[nodiscard]] std::optional<double> stolen() const;

 private:
  double rounds_ = 0;
  double wall_ = 0;
  double tasks_ = 0;
  double longest_task_ = 0;
  double made_ = 0;
  double bytes_read_ = 0;
  double bytes_written_ = 0;
  double bytes_handed_ = 0;
  double run_delay_ = 0;
  double others_cpu_ = 0;
  double stolen_ = 0;
  double with_run_delay_ = 0;
  double with_ticks_ = 0;
};

/// Part of a sentence. `seconds` of all workers were lost a round.
[[nodiscard]] std::string evidence_for(Cause cause, const MeanRecord& mean, const Scheduling& scheduling,
                                       int cores, double seconds);

}  // namespace labday
