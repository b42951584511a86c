// A job whose sources are a manifest, in parts that fit into memory. What has to be known of all of it before
// the first part starts (that no two names collide, and what is in the way) is found by reading it once
// before.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/function_ref.h"
#include "base/result.h"
#include "pipeline/external_sort.h"
#include "pipeline/hash.h"
#include "pipeline/job.h"
#include "pipeline/manifest_reader.h"
#include "pipeline/name_folding.h"
#include "pipeline/shard.h"

namespace labday {

struct ManifestPart {
  Job job;                          // its renditions are those of all its sources
  std::vector<Task> slices;         // which of them each source has
  std::vector<std::uint8_t> owned;  // by source: it has renditions of its own
};

struct ManifestSize {
  std::uint64_t sources = 0;  // of the shard
  std::uint64_t renditions = 0;
};

class ManifestParts {
 public:
  static constexpr std::size_t kMostSources = 10'000;  // of a part
  static constexpr std::size_t kDefaultMemory = std::size_t{64} << 20;

  /// `prototype` is the job without sources; its renditions are for items that have none of their own.
  ManifestParts(ManifestReader reader, Job prototype, Shard shard, std::size_t most_sources = kMostSources)
      : reader_(std::move(reader)),
        prototype_(std::move(prototype)),
        shard_(shard),
        most_(most_sources),
        folding_(folding_of(prototype_.output_folder)) {}

  /// Instead of what the output folder's file system does.
  void fold_names(NameFolding folding) { folding_ = folding; }

  /// Reads the whole manifest. As check_targets(): fails with collision where two renditions of all shards
  /// would be written to one path, and, if `refuse_existing`, with exists where a target of this shard is
  /// there already. Names are compared by 128-bit hashes, which are sorted in `memory` bytes and what more
  /// they take on disk.
  [[nodiscard]] Result<ManifestSize> check(bool refuse_existing,
                                           FunctionRef<void(const std::string& name)> on_target,
                                           std::size_t memory = kDefaultMemory);

  /// The next part of the shard, with what stat() knows of its sources; none at the end. Sources that are not
  /// there are in it all the same: their task will say so.
  [[nodiscard]] Result<std::optional<ManifestPart>> next();

 private:
  struct NameAt {
    Hash128 name;
    std::uint64_t item = 0;
    bool operator<(const NameAt& other) const { return name < other.name; }
  };

  [[nodiscard]] const std::vector<Rendition>& renditions_of(const ManifestItem& item) const {
    return item.renditions.empty() ? prototype_.renditions : item.renditions;
  }
  [[nodiscard]] Result<void> add_names(const ManifestItem& item, bool refuse_existing,
                                       FunctionRef<void(const std::string& name)> on_target,
                                       ExternalSort<NameAt>& names) const;
  [[nodiscard]] Error collision(std::uint64_t first, std::uint64_t second, Hash128 name);

  ManifestReader reader_;
  const Job prototype_;
  const Shard shard_;
  const std::size_t most_;
  NameFolding folding_;
  std::optional<ManifestItem> left_over_;  // did not fit into the part before
};

}  // namespace labday
