#include "pipeline/memory_gate.h"

#include <chrono>

namespace labday {
namespace {

/// Strips under way, the piece of a file that is about to be written, the tables of decoder and resampler.
constexpr std::uint64_t kToWorkWith = std::uint64_t{4} << 20;

// A token is raised by signal handlers, which cannot wake anybody.
constexpr std::chrono::milliseconds kLookForCancel(20);

}  // namespace

std::uint64_t decoded_memory(ByteView content, const Job& job) {
  const auto header = probe(content, job.limits.decode);
  if (!header) return 0;
  const auto pixels = static_cast<std::uint64_t>(header->size.pixels()) *
                      static_cast<std::uint64_t>(channels(header->format));
  const bool is_turned = job.apply_orientation && header->orientation != Orientation::upright;
  return (is_turned ? 2 * pixels : pixels) + kToWorkWith;
}

bool LocalMemoryGate::enter(std::uint64_t bytes, const CancelToken& cancel) {
  std::unique_lock lock(mutex_);
  const std::uint64_t share = account_.share_of(bytes);
  const std::uint64_t ticket = next_ticket_++;
  const auto admitted = [&] { return ticket == served_ticket_ && account_.fits(share); };
  while (!admitted()) {
    if (cancel.requested() && ticket == served_ticket_) break;
    changed_.wait_for(lock, kLookForCancel);
  }
  ++served_ticket_;
  const bool entered = !cancel.requested();
  if (entered) account_.take(share);
  lock.unlock();
  changed_.notify_all();
  return entered;
}

void LocalMemoryGate::leave(std::uint64_t bytes) {
  {
    const std::lock_guard lock(mutex_);
    account_.give_back(account_.share_of(bytes));
  }
  changed_.notify_all();
}

std::uint64_t LocalMemoryGate::peak() const {
  const std::lock_guard lock(mutex_);
  return account_.peak();
}

}  // namespace labday
