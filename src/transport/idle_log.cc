#include "transport/idle_log.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

namespace labday {
namespace {

Nanoseconds now() { return Clock::now().time_since_epoch(); }

}  // namespace

void limit_spans(std::vector<IdleSpan>& spans, std::size_t most) {
  while (spans.size() > std::max<std::size_t>(most, 1)) {
    auto closest = spans.begin();
    for (auto span = spans.begin(); span + 1 != spans.end(); ++span) {
      if ((span + 1)->begin - span->end < (closest + 1)->begin - closest->end) closest = span;
    }
    closest->end = (closest + 1)->end;
    closest->idle += (closest + 1)->idle;
    spans.erase(closest + 1);
  }
}

void IdleLog::introduce() {
  const std::lock_guard lock(mutex_);
  thread_ = ::gettid();
}

void IdleLog::begin() {
  const std::lock_guard lock(mutex_);
  waiting_ = now();
}

void IdleLog::end() {
  const std::lock_guard lock(mutex_);
  const Nanoseconds begin = waiting_.value_or(now());
  waiting_.reset();
  const Nanoseconds end = now();
  if (end - begin < kShortest) return;
  spans_.push_back({begin, end, end - begin});
  limit_spans(spans_, kMostSpans);
}

std::vector<IdleSpan> IdleLog::spans(Nanoseconds until) const {
  const std::lock_guard lock(mutex_);
  std::vector<IdleSpan> all = spans_;
  if (waiting_ && *waiting_ < until) all.push_back({*waiting_, until, until - *waiting_});
  return all;
}

KernelFigures IdleLog::kernel_figures() const {
  const std::lock_guard lock(mutex_);
  if (thread_ == 0) return {};
  return read_kernel_figures(fmt::format("/proc/self/task/{}", thread_));
}

}  // namespace labday
