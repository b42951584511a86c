// Counts the bytes that labday's buffers hold (all of `Bytes`, by its aligned operator new), in tests that
// bound them; under the thread sanitizer, of all memory. Link labday_counted_memory to have them counted.
#pragma once

#include <cstddef>

namespace labday::testing {

/// Starts to look for a new peak from what is held now; returns that.
std::size_t reset_memory_peak();

/// The most bytes held at once since then.
[[nodiscard]] std::size_t memory_peak();

}  // namespace labday::testing
