#include "lab/process_cpu.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>

namespace labday {
namespace {

constexpr Nanoseconds kWork = std::chrono::milliseconds(20);

/// A process that has used kWork of a processor, and waits for its end.
pid_t worked_child() {
  std::array<int, 2> pipe{};
  EXPECT_EQ(::pipe(pipe.data()), 0);
  const pid_t pid = ::fork();
  if (pid == 0) {
    while (own_cpu_time() < kWork) {
    }
    [[maybe_unused]] const ssize_t told = ::write(pipe[1], "", 1);
    ::pause();
    ::_exit(0);
  }
  char byte = 0;
  EXPECT_EQ(::read(pipe[0], &byte, 1), 1);
  ::close(pipe[0]);
  ::close(pipe[1]);
  return pid;
}

void end(pid_t child) {
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
}

TEST(ProcessCpu, CountsAChildWhileItLivesAndWhenItHasEnded) {
  const Nanoseconds before = children_cpu_time();
  const pid_t child = worked_child();
  const Nanoseconds alive = children_cpu_time() - before;
  EXPECT_GE(alive, kWork);
  end(child);
  constexpr Nanoseconds kCoarseness = std::chrono::milliseconds(1);
  EXPECT_GE(children_cpu_time() - before, alive - kCoarseness);
}

TEST(ProcessCpu, LeavesOutWhatChildrenUsedBeforeTheSpan) {
  const pid_t child = worked_child();
  CpuWatch watch;
  watch.span_begins();
  watch.span_ends();
  EXPECT_LT(watch.total(), kWork);
  end(child);
}

}  // namespace
}  // namespace labday
