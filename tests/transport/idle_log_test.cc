#include "transport/idle_log.h"

#include <gtest/gtest.h>

#include <thread>

namespace labday {
namespace {

using std::chrono::milliseconds;

TEST(IdleSpans, ThatAreClosestTogetherAreJoinedAndKnowHowMuchWasIdle) {
  std::vector<IdleSpan> spans{{milliseconds(0), milliseconds(1), milliseconds(1)},
                              {milliseconds(5), milliseconds(6), milliseconds(1)},
                              {milliseconds(7), milliseconds(9), milliseconds(2)},
                              {milliseconds(20), milliseconds(30), milliseconds(10)}};
  limit_spans(spans, 3);
  ASSERT_EQ(spans.size(), 3U);
  EXPECT_EQ(spans[1], (IdleSpan{milliseconds(5), milliseconds(9), milliseconds(3)}));
  limit_spans(spans, 0);
  ASSERT_EQ(spans.size(), 1U);
  EXPECT_EQ(spans[0], (IdleSpan{milliseconds(0), milliseconds(30), milliseconds(14)}));
}

TEST(IdleLog, SaysWhenItsThreadWaitedAndThatItIsWaiting) {
  IdleLog log;
  log.introduce();
  const Nanoseconds before = Clock::now().time_since_epoch();
  log.begin();
  std::this_thread::sleep_for(milliseconds(2));
  log.end();
  log.begin();
  const auto spans = log.spans(Clock::now().time_since_epoch() + milliseconds(5));
  ASSERT_EQ(spans.size(), 2U);
  EXPECT_GE(spans[0].begin, before);
  EXPECT_GE(spans[0].idle, milliseconds(2));
  EXPECT_EQ(spans[0].idle, spans[0].end - spans[0].begin);
  EXPECT_GE(spans[1].idle, milliseconds(5));
}

TEST(IdleLog, HasFewSpansOfManyWaits) {
  IdleLog log;
  for (int i = 0; i < 300; ++i) {
    log.begin();
    std::this_thread::sleep_for(std::chrono::microseconds(2));
    log.end();
  }
  EXPECT_EQ(log.spans(Nanoseconds(0)).size(), IdleLog::kMostSpans);
}

TEST(IdleLog, KnowsWhatTheKernelCountedForItsThread) {
  IdleLog log;
  EXPECT_EQ(log.kernel_figures(), KernelFigures{});
  log.introduce();
  EXPECT_TRUE(log.kernel_figures().voluntary_switches.has_value());
}

}  // namespace
}  // namespace labday
