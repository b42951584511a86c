#include "base/memory_reserve.h"

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

namespace labday {
namespace {

constexpr std::size_t kReserve = std::size_t{2} << 20;

std::atomic<void*> reserve{nullptr};

void give_back_or_throw() {
  void* const kept = reserve.exchange(nullptr);
  if (kept == nullptr) throw std::bad_alloc();
  std::free(kept);
}

}  // namespace

void keep_memory_reserve() {
  reserve = std::malloc(kReserve);
  std::set_new_handler(give_back_or_throw);
}

}  // namespace labday
