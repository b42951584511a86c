// One round: a job executed once, in one mode, in a process made for it. labday executes itself again with
// kRoundChildArgument; the child gets the job by a socket, executes it and says how long it took, while the
// parent idles and samples the memory of the child and its descendants.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/cancel.h"
#include "base/clock.h"
#include "base/result.h"
#include "lab/round_record.h"
#include "pipeline/job.h"
#include "pipeline/totals.h"
#include "transport/child_process.h"

namespace labday {

struct RoundRequest {
  Job job;
  std::string mode;  // a mode spec
  Grain grain = Grain::source;
  int workers = 1;  // unless the spec has its own
};

struct RoundResult {
  Nanoseconds start{0};  // Mode::start(): making workers
  Nanoseconds wall{0};   // Mode::run(): from the first task handed over to the last file in place
  Nanoseconds cpu{0};    // of the child and its workers, by the kernel, in that time
  std::uint64_t peak_memory_bytes = 0;  // the largest sum of PSS that was seen
  int workers = 1;                      // as the mode had them
  std::string note;                     // Mode::note()
  JobTotals totals;
  std::optional<RoundRecord> record;  // where Job::records asked for it
};

/// The seam between what is measured and how a round comes about; tests put a fake in its place.
class RoundRunner {
 public:
  virtual ~RoundRunner() = default;

  /// Executes the job. Sources that fail are in the totals; an error means that the round as a whole broke:
  /// the mode could not start, its process crashed, or (ErrorCode::cancelled) `cancel` was raised.
  [[nodiscard]] virtual Result<RoundResult> run(const RoundRequest& request, const CancelToken& cancel) = 0;
};

/// Each round in a fresh child process, as the class comment of ChildProcess describes.
class ChildRoundRunner final : public RoundRunner {
 public:
  /// `program` is executed with kRoundChildArgument and must call run_round_child().
  explicit ChildRoundRunner(std::string program = kThisProgram) : program_(std::move(program)) {}

  [[nodiscard]] Result<RoundResult> run(const RoundRequest& request, const CancelToken& cancel) override;

 private:
  std::string program_;
};

/// The only argument of a round's child. main() looks for it before anything else:
/// `if (argc == 2 && argv[1] == kRoundChildArgument) return run_round_child(kRoundSocket);`
inline constexpr std::string_view kRoundChildArgument = "--round-child";
inline constexpr int kRoundSocket = 3;

/// The child's side: takes one request from `socket`, executes it, answers, and returns the exit status.
[[nodiscard]] int run_round_child(int socket);

}  // namespace labday
