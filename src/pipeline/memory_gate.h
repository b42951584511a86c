// The third seam of run_task(): who may decode now. With --memory-limit the decoded pixels of all workers
// together stay below it: a task waits until its own fit. First come, first served, so that none waits for
// ever; what is larger than the whole limit goes alone, and counts as all of it.
//
// A task asks once, when it has read its source and before it takes memory for pixels, and gives back when
// they are gone. Nobody who waits holds anything, so nobody waits in a circle.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <utility>

#include "base/bytes.h"
#include "base/cancel.h"
#include "pipeline/job.h"

namespace labday {

/// What a source will take once it is decoded: its pixels, once more where they have to be turned, and what
/// its renditions work with. 0 where the header cannot be read: decoding will say why.
[[nodiscard]] std::uint64_t decoded_memory(ByteView content, const Job& job);

/// What is taken of a limit. Pure bookkeeping, not thread-safe.
class MemoryAccount {
 public:
  /// `limit` 0: none, and everything fits.
  explicit MemoryAccount(std::uint64_t limit) : limit_(limit) {}

  /// What `bytes` count as.
  [[nodiscard]] std::uint64_t share_of(std::uint64_t bytes) const {
    return limit_ == 0 ? bytes : std::min(bytes, limit_);
  }
  [[nodiscard]] bool fits(std::uint64_t share) const { return limit_ == 0 || share <= limit_ - taken_; }
  void take(std::uint64_t share) { peak_ = std::max(peak_, taken_ += share); }
  void give_back(std::uint64_t share) { taken_ -= share; }

  [[nodiscard]] std::uint64_t limit() const { return limit_; }
  [[nodiscard]] std::uint64_t taken() const { return taken_; }
  /// The most that ever was taken at a time.
  [[nodiscard]] std::uint64_t peak() const { return peak_; }

 private:
  const std::uint64_t limit_;
  std::uint64_t taken_ = 0;
  std::uint64_t peak_ = 0;
};

class MemoryGate {
 public:
  virtual ~MemoryGate() = default;

  /// Waits until `bytes` fit. False where the job was cancelled meanwhile: nothing is taken then.
  [[nodiscard]] virtual bool enter(std::uint64_t bytes, const CancelToken& cancel) = 0;

  /// Gives back what the same number was taken for.
  virtual void leave(std::uint64_t bytes) = 0;
};

/// What a task holds of a gate; none has entered none.
class MemoryPass {
 public:
  MemoryPass() = default;
  MemoryPass(MemoryGate& gate, std::uint64_t bytes) : gate_(&gate), bytes_(bytes) {}
  MemoryPass(MemoryPass&& other) noexcept
      : gate_(std::exchange(other.gate_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}
  MemoryPass& operator=(MemoryPass&& other) noexcept {
    std::swap(gate_, other.gate_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~MemoryPass() {
    if (gate_ != nullptr) gate_->leave(bytes_);
  }

 private:
  MemoryGate* gate_ = nullptr;
  std::uint64_t bytes_ = 0;
};

/// The gate of the threads of one process. Thread-safe.
class LocalMemoryGate final : public MemoryGate {
 public:
  explicit LocalMemoryGate(const Job& job) : account_(static_cast<std::uint64_t>(job.limits.memory_bytes)) {}

  [[nodiscard]] bool enter(std::uint64_t bytes, const CancelToken& cancel) override;
  void leave(std::uint64_t bytes) override;

  [[nodiscard]] std::uint64_t peak() const;

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  MemoryAccount account_;            // guarded by mutex_
  std::uint64_t next_ticket_ = 0;    // likewise
  std::uint64_t served_ticket_ = 0;  // likewise
};

/// The gate that the tasks of the job enter; nullptr where it has no limit.
[[nodiscard]] inline MemoryGate* gate_of(const Job& job, MemoryGate& gate) {
  return job.limits.memory_bytes > 0 ? &gate : nullptr;
}

}  // namespace labday
