#include "support/counted_memory.h"

#include <malloc.h>

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::size_t> held{0};
std::atomic<std::size_t> peak{0};

}  // namespace

void* operator new(std::size_t size, std::align_val_t alignment) {
  const auto align = static_cast<std::size_t>(alignment);
  void* const memory = std::aligned_alloc(align, (size + align - 1) / align * align);
  if (memory == nullptr) throw std::bad_alloc();
  const std::size_t now = held.fetch_add(malloc_usable_size(memory)) + malloc_usable_size(memory);
  std::size_t before = peak.load();
  while (before < now && !peak.compare_exchange_weak(before, now)) {
  }
  return memory;
}

void operator delete(void* memory, std::align_val_t) noexcept {
  if (memory != nullptr) held.fetch_sub(malloc_usable_size(memory));
  std::free(memory);
}

namespace labday::testing {

std::size_t reset_memory_peak() {
  peak = held.load();
  return peak;
}

std::size_t memory_peak() { return peak; }

}  // namespace labday::testing
