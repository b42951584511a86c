// Tasks of a known cost, for tests of what a diagnosis makes of them: an Io that computes, or waits, for a
// chosen time whenever a source is read. It keeps its own account of when that was, in memory that forked
// workers share.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "pipeline/io.h"

namespace labday::testing {

/// Uses this much CPU time of the calling thread.
void burn(Nanoseconds cpu);

struct Plant {
  Nanoseconds burn{0};
  Nanoseconds sleep{0};
  bool discard = false;  // what is written
};

class PlantedIo final : public Io {
 public:
  /// plants[i] is of the source that is called `i.png`.
  PlantedIo(std::unique_ptr<Io> io, std::vector<Plant> plants);
  ~PlantedIo() override;
  PlantedIo(const PlantedIo&) = delete;
  PlantedIo& operator=(const PlantedIo&) = delete;

  [[nodiscard]] Result<Bytes> read(const std::string& path, std::int64_t limit) override;
  [[nodiscard]] bool exists(const std::string& name) override { return io_->exists(name); }
  [[nodiscard]] Result<std::unique_ptr<OutputFile>> create(const std::string& name) override;

  /// When the plant of a source began and ended, since the epoch of the clock.
  struct Span {
    Nanoseconds begin{0};
    Nanoseconds end{0};
  };
  [[nodiscard]] Span span(std::size_t source) const { return spans_[source]; }
  /// The lengths of all spans, in seconds.
  [[nodiscard]] double planted_seconds() const;

 private:
  std::unique_ptr<Io> io_;
  const std::vector<Plant> plants_;
  Span* spans_;  // in shared memory
};

}  // namespace labday::testing
