// How long would it take? Recorded tasks are replayed under a mode's rules, with other workers, more sources,
// other cores. What the replay does not explain of the recorded rounds is taken to stay the same in
// proportion, but for noise: the prediction is for a machine that is left alone. What the record cannot tell
// is said.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "lab/bench_record.h"
#include "lab/statistics.h"

namespace labday {

struct PredictionRequest {
  std::optional<int> workers;                    // unless the spec has its own; none: those of the record
  std::optional<std::uint64_t> sources;          // none: those of the record
  std::optional<int> cores;                      // none: those of the record
  std::optional<double> storage_bytes_a_second;  // that all workers share; none: no limit
  std::vector<std::string> modes;                // specs; empty: those of the record
  std::uint64_t seed = 0;                        // of the sources that are drawn
};

/// What the time is mostly made of.
enum class Bottleneck : std::uint8_t { workers, cores, handing_out, storage };
[[nodiscard]] std::string_view name(Bottleneck bottleneck);

struct Prediction {
  std::string mode;
  std::string replayed;  // the mode whose rounds were replayed: itself, or one whose tasks stand in
  int workers = 1;       // asked for
  int cores = 1;
  std::uint64_t sources = 0;
  double seconds = 0;  // of a round on a machine without other work
  /// 95 %: where one more round would be, from how the recorded rounds and the drawn sources differ; none
  /// where there is one of them only.
  std::optional<Interval> interval;
  double calibration = 1;  // recorded seconds, less noise, / seconds of a replay of the recorded rounds
  Bottleneck bottleneck = Bottleneck::workers;
  double bytes_a_second = 0;           // through the storage
  double recorded_bytes_a_second = 0;  // the most of any round of the record
  std::vector<std::string> unknown;    // what the record does not tell, a sentence each
};

/// usage error where the record has no rows to replay, or a mode is not known.
[[nodiscard]] Result<std::vector<Prediction>> predict(const BenchRecord& record,
                                                      const PredictionRequest& request);

}  // namespace labday
