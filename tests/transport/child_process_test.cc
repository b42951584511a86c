#include "transport/child_process.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <string>

namespace labday {
namespace {

ChildProcess start(std::vector<std::string> arguments, std::vector<PassedFd> descriptors = {}) {
  ChildCommand command;
  command.program = TEST_CHILD;
  command.arguments = std::move(arguments);
  command.descriptors = std::move(descriptors);
  Result<ChildProcess> child = ChildProcess::start(command);
  EXPECT_TRUE(child.has_value()) << to_line(child.error());
  return std::move(*child);
}

struct Pipe {
  Pipe() {
    std::array<int, 2> fds{};
    EXPECT_EQ(::pipe2(fds.data(), O_CLOEXEC), 0);
    read_end.reset(fds[0]);
    write_end.reset(fds[1]);
  }
  /// All until the last writer has closed.
  std::string drain() {
    write_end.reset();
    std::string text;
    char c = 0;
    while (::read(read_end.get(), &c, 1) == 1) text += c;
    return text;
  }
  UniqueFd read_end;
  UniqueFd write_end;
};

TEST(ChildProcess, ReportsTheExitStatus) {
  EXPECT_TRUE(start({"exit", "0"}).wait().succeeded());
  const ChildExit exit = start({"exit", "7"}).wait();
  EXPECT_FALSE(exit.succeeded());
  EXPECT_EQ(exit.describe(), "exit status 7");
}

TEST(ChildProcess, ReportsTheSignalThatEndedIt) {
  EXPECT_EQ(start({"signal", std::to_string(SIGSEGV)}).wait().describe(), "signal 11 (Segmentation fault)");
}

TEST(ChildProcess, SaysWhyAProgramCannotBeExecuted) {
  ChildCommand command;
  command.program = "/no/such/program";
  const Result<ChildProcess> child = ChildProcess::start(command);
  ASSERT_FALSE(child.has_value());
  EXPECT_EQ(child.error().code, ErrorCode::not_found);
  EXPECT_EQ(child.error().path, "/no/such/program");
}

TEST(ChildProcess, LeavesNoZombieOfAProgramThatCannotBeExecuted) {
  ChildCommand command;
  command.program = "/";  // a folder
  ASSERT_FALSE(ChildProcess::start(command).has_value());
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

TEST(ChildProcess, PassesTheNamedDescriptorsAndClosesAllOthers) {
  Pipe pipe;
  const UniqueFd inheritable(::dup(pipe.read_end.get()));  // not close-on-exec
  ChildProcess child = start({"descriptors"}, {{pipe.write_end.get(), 3}});
  EXPECT_EQ(pipe.drain(), "0 1 2 3 ");
  EXPECT_TRUE(child.wait().succeeded());
}

TEST(ChildProcess, PassesDescriptorsThatTakeEachOthersNumbers) {
  Pipe first;
  Pipe second;
  const std::vector<PassedFd> exchanged{{first.write_end.get(), second.write_end.get()},
                                        {second.write_end.get(), first.write_end.get()}};
  ChildProcess child = start({"write", std::to_string(second.write_end.get()), "x"}, exchanged);
  EXPECT_EQ(first.drain(), "x");
  EXPECT_EQ(second.drain(), "");
  EXPECT_TRUE(child.wait().succeeded());
}

TEST(ChildProcess, IgnoresTheInterruptOfTheTerminal) {
  EXPECT_EQ(start({"signal", std::to_string(SIGINT)}).wait().describe(), "exit status 5");
}

TEST(ChildProcess, StaysInTheProcessGroupOfItsParent) {
  EXPECT_TRUE(start({"group", std::to_string(::getpgrp())}).wait().succeeded());
}

TEST(ChildProcess, IsKilledAndReapedWhenItsOwnerGoes) {
  pid_t pid = 0;
  {
    const ChildProcess child = start({"wait"});
    pid = child.pid();
    EXPECT_EQ(::kill(pid, 0), 0);
  }
  EXPECT_EQ(::kill(pid, 0), -1);
  EXPECT_EQ(errno, ESRCH);
}

TEST(ChildProcess, IsKilledWhenItIsReplacedByAnother) {
  ChildProcess child = start({"wait"});
  const pid_t first = child.pid();
  child = start({"exit", "3"});
  EXPECT_EQ(::kill(first, 0), -1);
  EXPECT_EQ(child.wait().describe(), "exit status 3");
}

TEST(ChildProcess, DiesWithItsParent) {
  Pipe alive;    // its end comes when the last holder of the write end has died
  Pipe started;  // a byte comes once there is a grandchild
  ChildProcess child = start({"nest", "wait"}, {{alive.write_end.get(), 3}, {started.write_end.get(), 4}});
  char byte = 0;
  ASSERT_EQ(::read(started.read_end.get(), &byte, 1), 1);
  child.kill();
  EXPECT_EQ(child.wait().describe(), "signal 9 (Killed)");
  EXPECT_EQ(alive.drain(), "");
}

TEST(ChildProcess, CountsTheCpuTimeOfDescendantsThatWereWaitedFor) {
  const Pipe unused;
  ChildProcess child =
      start({"nest", "burn", "0.05"}, {{unused.write_end.get(), 3}, {unused.write_end.get(), 4}});
  const ChildExit exit = child.wait();
  EXPECT_TRUE(exit.succeeded());
  EXPECT_GE(to_seconds(exit.user_cpu + exit.system_cpu), 0.045);
  EXPECT_GT(exit.max_rss_bytes, 0);
}

TEST(ChildProcess, WaitingForItsEndForAWhileOutlastsSignals) {
  Pipe pipe;
  auto child = ChildProcess::fork_here([&] {
    pipe.write_end.reset();
    char c = 0;
    return static_cast<int>(::read(pipe.read_end.get(), &c, 1));  // until the parent lets go
  });
  ASSERT_TRUE(child);
  // The parent lets go in the handler of a signal that interrupts the wait, and of which there were some
  // before.
  static int write_end;
  static int signals;
  write_end = pipe.write_end.release();
  signals = 0;
  struct sigaction on_alarm {};
  on_alarm.sa_handler = [](int) {
    if (++signals == 5) ::close(write_end);
  };
  struct sigaction before {};
  ::sigaction(SIGALRM, &on_alarm, &before);
  const itimerval often{{0, 2000}, {0, 2000}};
  ::setitimer(ITIMER_REAL, &often, nullptr);
  const bool ended = child->await_end_for(std::chrono::seconds(60));
  const itimerval never{};
  ::setitimer(ITIMER_REAL, &never, nullptr);
  ::sigaction(SIGALRM, &before, nullptr);
  EXPECT_TRUE(ended);
  EXPECT_GE(signals, 5);
  EXPECT_TRUE(child->wait().succeeded());
}

}  // namespace
}  // namespace labday
