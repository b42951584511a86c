// A growable block of bytes that does not pay for zeroing memory which is written right after.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <span>
#include <utility>
#include <vector>

namespace labday {

/// Allocates on cache-line boundaries and leaves trivially constructible elements uninitialised on resize().
template <class T>
struct UninitialisedAllocator {
  using value_type = T;
  static constexpr std::align_val_t kAlignment{64};

  UninitialisedAllocator() = default;
  template <class U>
  // NOLINTNEXTLINE(google-explicit-constructor): allocators convert into one another
  constexpr UninitialisedAllocator(const UninitialisedAllocator<U>&) noexcept {}

  [[nodiscard]] T* allocate(std::size_t n) {
    return static_cast<T*>(::operator new(n * sizeof(T), kAlignment));
  }
  void deallocate(T* p, std::size_t) noexcept { ::operator delete(p, kAlignment); }

  template <class U>
  void construct(U* p) noexcept {
    ::new (static_cast<void*>(p)) U;
  }
  template <class U, class... Args>
  void construct(U* p, Args&&... args) {
    ::new (static_cast<void*>(p)) U(std::forward<Args>(args)...);
  }

  template <class U>
  bool operator==(const UninitialisedAllocator<U>&) const noexcept {
    return true;
  }
};

/// Owns its bytes. resize() throws std::bad_alloc, which run_task() turns into ErrorCode::out_of_memory.
using Bytes = std::vector<std::uint8_t, UninitialisedAllocator<std::uint8_t>>;

/// Makes a buffer hold `n` elements at least, whose values do not matter. Memory is taken for no more than
/// that, and what was there is given back first. May throw std::bad_alloc.
template <class Vector>
void make_room(Vector& buffer, std::size_t n) {
  if (buffer.capacity() < n) buffer = Vector();
  if (buffer.size() < n) buffer.resize(n);
}

/// Borrows bytes; never outlives the owner.
using ByteView = std::span<const std::uint8_t>;

}  // namespace labday
