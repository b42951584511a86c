#include "pipeline/stage_cpu.h"

#include <algorithm>

namespace labday {
namespace {

/// When the kernel was asked last, and what it said.
struct LastLook {
  Clock::time_point wall{};
  Nanoseconds cpu{0};
};
thread_local LastLook last_look;

}  // namespace

void restart_stage_cpu() { last_look = {Clock::now(), thread_cpu_time()}; }

void begin_stage_cpu(Clock::time_point now) {
  if (now - last_look.wall > kTrustedCpu) last_look = {now, thread_cpu_time()};
}

Nanoseconds end_stage_cpu(Stage stage, Clock::time_point begin, Clock::time_point now) {
  const Nanoseconds wall = now - begin;
  const bool may_wait = stage == Stage::read || stage == Stage::write;
  if (wall <= (may_wait ? kTrustedFileCall : kTrustedCpu) && now - last_look.wall <= kTrustedCpu) return wall;
  const Nanoseconds cpu = thread_cpu_time();
  // What was lost since the last look is lost by this stage: those before it were too short to lose anything.
  const Nanoseconds lost = (now - last_look.wall) - (cpu - last_look.cpu);
  last_look = {now, cpu};
  return wall - std::clamp(lost, Nanoseconds(0), wall);
}

}  // namespace labday
