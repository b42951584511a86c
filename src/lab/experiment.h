// Modes × rounds, interleaved in random order, each round proved against the baseline's files before its time
// counts.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancel.h"
#include "base/clock.h"
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
  int rounds = 10;         // of each mode; at least, where `precision` is set
  std::uint64_t seed = 0;  // of the order of the rounds and of the bootstrap
  /// Goes on until the 95 % interval of every ratio is narrower than this share of the ratio.
  std::optional<double> precision;
  /// No block begins that would probably end later than this after the start; the first one always does.
  std::optional<Nanoseconds> max_time;
  bool records = true;                    // RoundResult::record is wanted
  std::string notebook{kNotebookFolder};  // its folder, which read_environment() wants to know
};

/// Which round is about to begin.
struct RoundPosition {
  std::string mode;
  int round = 0;   // 1 … rounds; 0 is the warm-up
  int rounds = 0;  // of each mode; 0 where that is not known before
  int step = 0;    // 1 … steps, over all modes
  int steps = 0;   // 0 where that is not known before
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
  /// By block, as many as were begun; none where the round failed or did not take place. Rows of tasks and
  /// workers are kept of the first rounds, kMostRows together; of the others there are the sums.
  std::vector<std::optional<RoundResult>> rounds;
};

/// A round that was begun, in the order of time.
struct Turn {
  int block = 0;     // 1 …; the round of every mode
  int position = 0;  // 1 …, within the block
  std::string mode;
  bool control = false;  // the baseline's second turn
  bool operator==(const Turn&) const = default;
};

/// Why an experiment ended.
enum class Ended : std::uint8_t {
  not_yet,
  rounds,        // all rounds that were wanted took place
  precision,     // every ratio is known as precisely as was wanted
  time,          // there was no time for another block
  nothing,       // the baseline made no file: there was nothing to time
  disagreement,  // a mode wrote other files
  cancelled,     // somebody stopped it
};
[[nodiscard]] std::string_view name(Ended ended);
inline constexpr int kEndedCount = 7;

/// The record of an experiment: report/ turns it into text and JSON.
struct ExperimentResult {
  Environment environment;
  std::vector<ModeRounds> modes;  // in the order of the plan
  /// The baseline's second rounds, one a block; they count for no mode. Empty if the baseline is not timed.
  std::vector<std::optional<RoundResult>> control;
  std::vector<Turn> order;
  JobTotals reference;      // the warm-up's: what every mode has to do alike, bad sources included
  std::uint64_t files = 0;  // that the baseline wrote
  std::uint64_t bytes = 0;  // of them together
  std::string hash;         // Manifest::hash() of them
  int verified_rounds = 0;  // of the modes, whose files were read back and found the same
  std::vector<RoundFailure> failures;
  std::optional<Disagreement> disagreement;  // the experiment stopped there, and no time may be shown
  Ended ended = Ended::not_yet;

  /// Did it take its course? If not, what there is of it is valid all the same, but for a disagreement.
  [[nodiscard]] bool complete() const;
};

using RoundBegins = std::function<void(const RoundPosition&)>;

/// What the one who runs an experiment is told, and the clock for `max_time`. Nothing of it is in a round's
/// time.
struct ExperimentHooks {
  RoundBegins round_begins = [](const RoundPosition&) {};
  /// After each round, with all there is so far: to be saved.
  std::function<void(const ExperimentResult&)> round_ended = [](const ExperimentResult&) {};
  std::function<Clock::time_point()> now = Clock::now;
};

/// Runs the baseline once, untimed, to warm caches and for the reference files; then blocks, in each of which
/// every mode has one turn, and the baseline, if it is among the modes, a second one as the control. The
/// order is that of RoundOrder. After every turn the files are read back, compared and removed, outside the
/// clock. A mode that breaks loses that round and the rest goes on; files that differ end the experiment.
/// Where the baseline cannot make a single file there is nothing to time, and no round takes place. An error
/// means that there is no result at all: the warm-up broke, or the scratch folder did.
///
/// With a precision the widths of the intervals are looked at after `rounds` blocks, and then each time when
/// their number has grown by a quarter. Only widths decide, never differences, so that looking often does not
/// make false claims more frequent. Source: Y. Chow, H. Robbins, On the asymptotic theory of fixed-width
/// sequential confidence intervals for the mean, Annals of Mathematical Statistics 36 (1965).
[[nodiscard]] Result<ExperimentResult> run_experiment(const ExperimentPlan& plan, RoundRunner& runner,
                                                      Scratch& scratch, const ExperimentHooks& hooks,
                                                      const CancelToken& cancel);

}  // namespace labday
