#include "pipeline/memory_gate.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "pipeline/run_task.h"
#include "support/pictures.h"

namespace labday {
namespace {

Job limited_to(std::int64_t bytes) {
  Job job;
  job.limits.memory_bytes = bytes;
  return job;
}

TEST(MemoryAccount, CountsWhatIsLargerThanTheLimitAsAllOfIt) {
  MemoryAccount account(100);
  EXPECT_EQ(account.share_of(40), 40U);
  EXPECT_EQ(account.share_of(1000), 100U);
  EXPECT_TRUE(account.fits(100));
  account.take(1);
  EXPECT_FALSE(account.fits(100));
  EXPECT_TRUE(account.fits(99));
  account.take(99);
  account.give_back(50);
  EXPECT_EQ(account.taken(), 50U);
  EXPECT_EQ(account.peak(), 100U);
}

TEST(MemoryGate, IsOneOfAJobThatHasALimitOnly) {
  LocalMemoryGate gate(limited_to(0));
  EXPECT_EQ(gate_of(limited_to(0), gate), nullptr);
  EXPECT_EQ(gate_of(limited_to(1), gate), &gate);
}

TEST(MemoryGate, LetsInNoMoreThanFitsAtATime) {
  constexpr std::int64_t kLimit = 10;
  LocalMemoryGate gate(limited_to(kLimit));
  std::atomic<std::int64_t> inside{0};
  std::atomic<std::int64_t> most{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 6; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 300; ++i) {
        const std::int64_t bytes = 1 + (t * 7 + i) % 14;  // some of them more than the limit
        ASSERT_TRUE(gate.enter(static_cast<std::uint64_t>(bytes), {}));
        const std::int64_t now = inside += std::min(bytes, kLimit);
        for (std::int64_t seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
        }
        inside -= std::min(bytes, kLimit);
        gate.leave(static_cast<std::uint64_t>(bytes));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(most, kLimit);
  EXPECT_LE(gate.peak(), static_cast<std::uint64_t>(kLimit));
  EXPECT_TRUE(gate.enter(1000, {})) << "nothing is left behind";
}

TEST(MemoryGate, WhoWaitsIsToldOfACancellation) {
  LocalMemoryGate gate(limited_to(10));
  ASSERT_TRUE(gate.enter(10, {}));
  CancelToken cancel;
  std::vector<std::thread> waiting;
  std::atomic<int> refused{0};
  for (int i = 0; i < 3; ++i) {
    waiting.emplace_back([&] {
      if (!gate.enter(5, cancel)) ++refused;
    });
  }
  cancel.request();
  for (std::thread& thread : waiting) thread.join();
  EXPECT_EQ(refused, 3);
  gate.leave(10);
  EXPECT_TRUE(gate.enter(10, {}));
}

ByteView bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

TEST(DecodedMemory, IsThatOfThePixelsAndSomeToWorkWith) {
  const auto needed = [](Size size, PixelFormat format) {
    return decoded_memory(bytes_of(testing::png_bytes(size, format, 1)), Job{});
  };
  const std::uint64_t least = needed({1, 1}, PixelFormat::l);
  EXPECT_EQ(needed({100, 50}, PixelFormat::rgba) - least, 100U * 50 * 4 - 1);
  EXPECT_EQ(needed({100, 50}, PixelFormat::l) - least, 100U * 50 - 1);
  EXPECT_EQ(decoded_memory(bytes_of("no picture"), Job{}), 0U) << "decoding says why";
}

}  // namespace
}  // namespace labday
