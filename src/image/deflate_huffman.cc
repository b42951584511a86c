#include "image/deflate_huffman.h"

#include <algorithm>
#include <array>
#include <cassert>

namespace labday {
namespace {

constexpr int kLongest = 15;
constexpr int kSymbolBits = 9;

// Sorts by all bits above kSymbolBits, smallest first, 8 bits at a time: counts are short, so two or three
// passes do, and none of them compares.
void sort_by_count(std::span<std::uint64_t> keys, std::uint64_t largest) {
  std::array<std::uint64_t, kMaxSymbols> spare;
  std::span<std::uint64_t> from = keys;
  std::span<std::uint64_t> to(spare.data(), keys.size());
  for (int shift = kSymbolBits; (largest >> shift) != 0; shift += 8) {
    std::array<std::uint32_t, 257> start{};
    for (const std::uint64_t key : from) ++start[((key >> shift) & 255) + 1];
    for (std::size_t i = 1; i < start.size(); ++i) start[i] += start[i - 1];
    for (const std::uint64_t key : from) to[start[(key >> shift) & 255]++] = key;
    std::swap(from, to);
  }
  if (from.data() != keys.data()) std::copy(from.begin(), from.end(), keys.begin());
}

// Moffat and Katajainen, "In-place calculation of minimum-redundancy codes" (1995): turns counts, sorted from
// the smallest, into depths, the largest first. At least two counts.
void depths_in_place(std::span<std::uint32_t> a) {
  const std::size_t n = a.size();
  a[0] += a[1];
  std::size_t root = 0;
  std::size_t leaf = 2;
  for (std::size_t next = 1; next + 1 < n; ++next) {
    for (int part = 0; part < 2; ++part) {
      std::uint32_t weight = 0;
      if (leaf >= n || (root < next && a[root] < a[leaf])) {
        weight = a[root];
        a[root++] = static_cast<std::uint32_t>(next);
      } else {
        weight = a[leaf++];
      }
      a[next] = part == 0 ? weight : a[next] + weight;
    }
  }
  a[n - 2] = 0;
  for (std::size_t next = n - 2; next-- > 0;) a[next] = a[a[next]] + 1;
  // The depths of inner nodes become those of leaves.
  std::size_t available = 1;
  std::size_t used = 0;
  std::uint32_t depth = 0;
  auto inner = static_cast<std::ptrdiff_t>(n) - 2;
  auto next = static_cast<std::ptrdiff_t>(n) - 1;
  while (available > 0) {
    while (inner >= 0 && a[static_cast<std::size_t>(inner)] == depth) {
      ++used;
      --inner;
    }
    for (; available > used; --available) a[static_cast<std::size_t>(next--)] = depth;
    available = 2 * used;
    ++depth;
    used = 0;
  }
}

}  // namespace

void huffman_lengths(std::span<const std::uint32_t> counts, int max_length, std::span<std::uint8_t> lengths) {
  assert(counts.size() == lengths.size() && counts.size() <= kMaxSymbols && max_length <= kLongest);
  std::fill(lengths.begin(), lengths.end(), std::uint8_t{0});
  std::array<std::uint64_t, kMaxSymbols> storage;
  std::size_t used = 0;
  std::uint64_t largest = 0;
  for (std::size_t symbol = 0; symbol < counts.size(); ++symbol) {
    if (counts[symbol] == 0) continue;
    storage[used++] = std::uint64_t{counts[symbol]} << kSymbolBits | symbol;
    largest = std::max(largest, storage[used - 1]);
  }
  const std::span<std::uint64_t> keys(storage.data(), used);
  constexpr std::uint64_t kSymbolMask = (1U << kSymbolBits) - 1;
  if (used < 2) {
    for (const std::uint64_t key : keys) lengths[key & kSymbolMask] = 1;
    return;
  }
  sort_by_count(keys, largest);
  std::array<std::uint32_t, kMaxSymbols> depths;
  for (std::size_t i = 0; i < used; ++i) depths[i] = static_cast<std::uint32_t>(keys[i] >> kSymbolBits);
  depths_in_place({depths.data(), used});

  std::array<std::uint32_t, kLongest + 1> with_length{};
  const auto most = static_cast<std::size_t>(max_length);
  std::uint64_t space = 0;  // in units of the longest codes
  for (std::size_t i = 0; i < used; ++i) {
    const std::size_t length = std::min<std::size_t>(depths[i], most);
    ++with_length[length];
    space += std::uint64_t{1} << (most - length);
  }
  // Each step frees one unit: a shorter code grows by a bit, and one of the longest takes the place beside
  // it.
  for (; space > std::uint64_t{1} << most; --space) {
    std::size_t length = most - 1;
    while (with_length[length] == 0) --length;
    --with_length[length];
    with_length[length + 1] += 2;
    --with_length[most];
  }
  std::size_t i = 0;
  for (std::size_t length = most; length > 0; --length) {
    for (std::uint32_t k = 0; k < with_length[length]; ++k) {
      lengths[keys[i++] & kSymbolMask] = static_cast<std::uint8_t>(length);
    }
  }
}

void huffman_codes(std::span<const std::uint8_t> lengths, std::span<std::uint16_t> codes) {
  std::array<std::uint32_t, kLongest + 2> next{};
  for (const std::uint8_t length : lengths) ++next[length + std::size_t{1}];
  next[1] = 0;  // symbols without a code take no place
  for (std::size_t length = 1; length < next.size(); ++length) {
    next[length] = (next[length] + next[length - 1]) << 1;
  }
  for (std::size_t symbol = 0; symbol < lengths.size(); ++symbol) {
    const std::uint8_t length = lengths[symbol];
    if (length == 0) {
      codes[symbol] = 0;
      continue;
    }
    std::uint32_t code = next[length]++;
    std::uint32_t reversed = 0;
    for (int bit = 0; bit < length; ++bit, code >>= 1) reversed = reversed << 1 | (code & 1);
    codes[symbol] = static_cast<std::uint16_t>(reversed);
  }
}

}  // namespace labday
