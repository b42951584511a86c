// One part of a job that is divided among machines.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "pipeline/job.h"

namespace labday {

/// Which sources: those whose path, as it was given, has a hash in this part of all hashes. So a source
/// belongs to the same shard whatever else is in the job, whoever asks, and whenever; and shards have the
/// same number of sources but for chance (with N sources each, about the square root of N more or less).
struct Shard {
  std::uint32_t number = 1;  // 1 … count
  std::uint32_t count = 1;

  /// `2/4`. usage error where it is not that.
  [[nodiscard]] static Result<Shard> parse(std::string_view text);

  [[nodiscard]] bool has(std::string_view source_path) const;
  bool operator==(const Shard&) const = default;
};

}  // namespace labday
