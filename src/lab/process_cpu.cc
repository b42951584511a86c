#include "lab/process_cpu.h"

#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "lab/process_children.h"

namespace labday {
namespace {

Nanoseconds from(const timeval& time) {
  return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
}

Nanoseconds from(const timespec& time) {
  return std::chrono::seconds(time.tv_sec) + Nanoseconds(time.tv_nsec);
}

Nanoseconds cpu_time_by(clockid_t clock) {
  timespec time{};
  return ::clock_gettime(clock, &time) == 0 ? from(time) : Nanoseconds(0);
}

}  // namespace

Nanoseconds children_cpu_time() {
  rusage ended{};
  ::getrusage(RUSAGE_CHILDREN, &ended);
  Nanoseconds sum = from(ended.ru_utime) + from(ended.ru_stime);
  for (const pid_t child : children_of(::getpid())) {
    clockid_t clock{};
    if (::clock_getcpuclockid(child, &clock) == 0) sum += cpu_time_by(clock);
  }
  return sum;
}

Nanoseconds own_cpu_time() { return cpu_time_by(CLOCK_PROCESS_CPUTIME_ID); }

}  // namespace labday
