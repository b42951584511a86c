#include "lab/process_memory.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "transport/child_process.h"
#include "transport/frame.h"

namespace labday {
namespace {

/// A child that holds `megabytes` and has said so.
ChildProcess holder(const std::string& megabytes) {
  auto sockets = socket_pair();
  EXPECT_TRUE(sockets.has_value());
  ChildCommand command;
  command.program = TEST_CHILD;
  command.arguments = {"hold", megabytes};
  command.descriptors = {{sockets->second.get(), 3}};
  Result<ChildProcess> child = ChildProcess::start(command);
  EXPECT_TRUE(child.has_value());
  char byte = 0;
  EXPECT_EQ(::read(sockets->first.get(), &byte, 1), 1);
  return std::move(*child);
}

TEST(ProcessMemory, CountsWhatAProcessHolds) {
  const ChildProcess child = holder("32");
  const std::uint64_t bytes = tree_memory_bytes(child.pid());
  EXPECT_GE(bytes, std::uint64_t{32} << 20);
  EXPECT_LT(bytes, std::uint64_t{96} << 20);
}

TEST(ProcessMemory, AddsUpDescendants) {
  const std::uint64_t alone = tree_memory_bytes(::getpid());
  EXPECT_GT(alone, 0U);
  const ChildProcess first = holder("32");
  const ChildProcess second = holder("48");
  EXPECT_GE(tree_memory_bytes(::getpid()), std::uint64_t{80} << 20);
}

TEST(ProcessMemory, OfAProcessThatIsGoneIsNothing) {
  pid_t pid = 0;
  { pid = holder("1").pid(); }
  EXPECT_EQ(tree_memory_bytes(pid), 0U);
}

}  // namespace
}  // namespace labday
