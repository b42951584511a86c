// Random numbers that are the same on every machine and with every library: an experiment's order and its
// bootstrap follow from the seed that was recorded. (What std::shuffle and the distributions of <random> make
// of a seed is each library's own affair.)
#pragma once

#include <cstdint>
#include <span>
#include <utility>

namespace labday {

/// SplitMix64: Steele, Lea and Flood, Fast Splittable Pseudorandom Number Generators, OOPSLA 2014.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  [[nodiscard]] std::uint64_t next() {
    state_ += 0x9E3779B97F4A7C15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
  }

  /// 0 … count - 1, each equally likely; `count` is at least 1.
  [[nodiscard]] std::uint64_t below(std::uint64_t count) {
    const std::uint64_t uneven = (0 - count) % count;  // so many of the 2^64 values are too many
    for (;;) {
      const std::uint64_t value = next();
      if (value >= uneven) return value % count;
    }
  }

  /// In [0, 1), in steps of 2^-53.
  [[nodiscard]] double uniform() { return static_cast<double>(next() >> 11) * 0x1p-53; }

  template <class T>
  void shuffle(std::span<T> values) {
    for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[below(i)]);
  }

 private:
  std::uint64_t state_;
};

}  // namespace labday
