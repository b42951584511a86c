#include "modes/work_stealing_pool.h"

#include <algorithm>

namespace labday {
namespace {

/// Which worker of which pool the current thread is; slot 0 is nobody's.
struct Identity {
  const WorkStealingPool* pool = nullptr;
  std::size_t slot = 0;
};
thread_local Identity this_identity;

}  // namespace

WorkStealingPool::WorkStealingPool(int workers, bool logged)
    : slots_(static_cast<std::size_t>(workers) + 1), logs_(logged ? static_cast<std::size_t>(workers) : 0) {
  try {
    for (std::size_t slot = 1; slot < slots_.size(); ++slot) {
      threads_.emplace_back([this, slot] { work(slot); });
    }
  } catch (...) {
    stopping_ = true;
    announce();
    for (std::thread& thread : threads_) thread.join();
    throw;
  }
}

WorkStealingPool::~WorkStealingPool() {
  stopping_ = true;
  announce();
  for (std::thread& thread : threads_) thread.join();
}

void WorkStealingPool::run(std::size_t count, FunctionRef<void(std::size_t)> task) {
  if (count == 0) return;
  Group group{task, count};
  open(slots_[0], group);
  while (true) {
    const std::uint32_t seen = epoch_.load();
    if (group.finished.load(std::memory_order_acquire) == count) return;
    epoch_.wait(seen);
  }
}

void WorkStealingPool::for_each(std::size_t count, FunctionRef<void(std::size_t)> part) {
  const std::size_t self = this_identity.pool == this ? this_identity.slot : 0;
  if (self == 0 || count < 2) {
    for (std::size_t i = 0; i < count; ++i) part(i);
    return;
  }
  Group group{part, count};
  open(slots_[self], group);
  while (const Claim claim = claim_from(slots_[self], group)) execute(claim);
  while (true) {
    const std::uint32_t seen = epoch_.load();
    if (group.finished.load(std::memory_order_acquire) == count) return;
    if (const Claim claim = steal(self)) {
      execute(claim);
    } else {
      await_change(self, seen);
    }
  }
}

int WorkStealingPool::this_worker() { return std::max(0, static_cast<int>(this_identity.slot) - 1); }

void WorkStealingPool::work(std::size_t self) {
  this_identity = {this, self};
  if (!logs_.empty()) logs_[self - 1].introduce();
  while (true) {
    const std::uint32_t seen = epoch_.load();
    Claim claim = claim_oldest(slots_[0]);
    if (!claim) claim = steal(self);
    if (claim) {
      execute(claim);
    } else if (stopping_.load()) {
      return;
    } else {
      await_change(self, seen);
    }
  }
}

void WorkStealingPool::open(Slot& slot, Group& group) {
  {
    const std::lock_guard lock(slot.mutex);
    slot.open.push_back(&group);
  }
  announce();
}

WorkStealingPool::Claim WorkStealingPool::claim_oldest(Slot& slot) {
  const std::lock_guard lock(slot.mutex);
  if (slot.open.empty()) return {};
  Group& group = *slot.open.front();
  const Claim claim{&group, group.next++};
  if (group.next == group.count) slot.open.pop_front();
  return claim;
}

WorkStealingPool::Claim WorkStealingPool::claim_from(Slot& slot, Group& group) {
  const std::lock_guard lock(slot.mutex);
  if (group.next == group.count) return {};
  const Claim claim{&group, group.next++};
  if (group.next == group.count) slot.open.erase(std::find(slot.open.begin(), slot.open.end(), &group));
  return claim;
}

WorkStealingPool::Claim WorkStealingPool::steal(std::size_t self) {
  const std::size_t workers = slots_.size() - 1;
  for (std::size_t i = 1; i < workers; ++i) {
    const std::size_t victim = (self - 1 + i) % workers + 1;
    if (const Claim claim = claim_oldest(slots_[victim])) return claim;
  }
  return {};
}

void WorkStealingPool::execute(Claim claim) {
  Group& group = *claim.group;
  const std::size_t count = group.count;
  group.body(claim.index);
  // The last one to finish lets the owner go: the group must not be touched after this.
  if (group.finished.fetch_add(1, std::memory_order_acq_rel) + 1 == count) announce();
}

void WorkStealingPool::await_change(std::size_t self, std::uint32_t seen) {
  if (logs_.empty()) return epoch_.wait(seen);
  IdleLog& log = logs_[self - 1];
  log.begin();
  epoch_.wait(seen);
  log.end();
}

void WorkStealingPool::announce() {
  epoch_.fetch_add(1);
  epoch_.notify_all();
}

}  // namespace labday
