#include "support/counted_memory.h"

#include <malloc.h>

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::size_t> held{0};
std::atomic<std::size_t> peak{0};

void add(std::size_t size) {
  const std::size_t now = held.fetch_add(size) + size;
  std::size_t before = peak.load();
  while (before < now && !peak.compare_exchange_weak(before, now)) {
  }
}

}  // namespace

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define LABDAY_OPERATORS_ARE_TAKEN
#endif
#endif

#ifdef LABDAY_OPERATORS_ARE_TAKEN
// The sanitizer's runtime has operators of its own that cannot be replaced, but tells of every allocation.
#include <sanitizer/allocator_interface.h>

namespace {
[[maybe_unused]] const int installed = __sanitizer_install_malloc_and_free_hooks(
    [](const volatile void*, std::size_t size) { add(size); },
    [](const volatile void* memory) {
      // What was allocated before the hooks were there is not counted.
      const std::size_t size = __sanitizer_get_allocated_size(const_cast<const void*>(memory));
      std::size_t before = held.load();
      while (!held.compare_exchange_weak(before, before - (before < size ? before : size))) {
      }
    });
}  // namespace
#else

void* operator new(std::size_t size, std::align_val_t alignment) {
  const auto align = static_cast<std::size_t>(alignment);
  void* const memory = std::aligned_alloc(align, (size + align - 1) / align * align);
  if (memory == nullptr) throw std::bad_alloc();
  add(malloc_usable_size(memory));
  return memory;
}

void operator delete(void* memory, std::align_val_t) noexcept {
  if (memory != nullptr) held.fetch_sub(malloc_usable_size(memory));
  std::free(memory);
}

#endif

namespace labday::testing {

std::size_t reset_memory_peak() {
  peak = held.load();
  return peak;
}

std::size_t memory_peak() { return peak; }

}  // namespace labday::testing
