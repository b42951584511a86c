// Modes × rounds, interleaved, each round proved against the baseline's files before its time counts.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/cancel.h"
#include "base/result.h"
#include "lab/environment.h"
#include "lab/manifest.h"
#include "lab/round.h"
#include "lab/scratch.h"
#include "pipeline/job.h"
#include "pipeline/totals.h"

namespace labday {

struct ExperimentPlan {
  Job job;                         // its output_folder is not used: rounds write to the scratch folder
  std::vector<std::string> modes;  // mode specs as given, each once; results carry them as labels
  std::string baseline;            // the mode spec whose files are the reference; need not be among `modes`
  Grain grain = Grain::source;     // of every mode
  int workers = 1;
  int rounds = 3;
};

/// Which round is about to begin.
struct RoundPosition {
  std::string mode;
  int round = 0;   // 1 … rounds; 0 is the warm-up
  int rounds = 0;  // of each mode
  int step = 0;    // 1 … steps, over all modes
  int steps = 0;
};

/// The files of a mode's round are not the baseline's.
struct Disagreement {
  std::string mode;
  int round = 0;
  Difference difference;
};

/// A round that broke, or that failed on more than the baseline failed on. It has no time.
struct RoundFailure {
  std::string mode;
  int round = 0;
  Error error;
};

struct ModeRounds {
  std::string mode;
  /// By round, `rounds` of them; none where the round failed or did not take place.
  std::vector<std::optional<RoundResult>> rounds;
};

/// The record of an experiment: report/ turns it into text and JSON.
struct ExperimentResult {
  Environment environment;
  std::vector<ModeRounds> modes;  // in the order of the plan
  JobTotals reference;            // the warm-up's: what every mode has to do alike, bad sources included
  std::uint64_t files = 0;        // that the baseline wrote
  std::uint64_t bytes = 0;        // of them together
  std::string hash;               // Manifest::hash() of them
  int verified_rounds = 0;        // rounds whose files were read back and found the same
  std::vector<RoundFailure> failures;
  std::optional<Disagreement> disagreement;  // the experiment stopped there, and no time may be shown
  bool cancelled = false;                    // the experiment stopped early; the rounds so far are valid
};

using RoundBegins = std::function<void(const RoundPosition&)>;

/// Runs the baseline once, untimed, to warm caches and for the reference files; then `rounds` rounds, in each
/// of which every mode has one turn, the first mode being another one each round. After every turn the files
/// are read back, compared and removed, outside the clock. A mode that breaks loses that round and the rest
/// goes on; files that differ end the experiment. Where the baseline cannot make a single file there is
/// nothing to time, and no round takes place. An error means that there is no result at all: the warm-up
/// broke, or the scratch folder did.
[[nodiscard]] Result<ExperimentResult> run_experiment(const ExperimentPlan& plan, RoundRunner& runner,
                                                      Scratch& scratch, const RoundBegins& round_begins,
                                                      const CancelToken& cancel);

}  // namespace labday
