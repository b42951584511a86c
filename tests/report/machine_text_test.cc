#include "report/machine_text.h"

#include <gtest/gtest.h>

#include "support/experiments.h"

namespace labday {
namespace {

Environment example() { return testing::fixed_experiment().result.environment; }

TEST(MachineText, NamesTheMachineTheBuildAndWhatElseWentOn) {
  EXPECT_EQ(
      machine_text(example()),
      "Machine: Example CPU; AVX2; Linux 6.1; GNU 12.2.0 -O3; git main 0123456789ab with uncommitted "
      "changes.\n"
      "Meanwhile: load 0.50 before, 2.50 after; processors busy 79 % of the time; stolen by other guests "
      "1.0 %; tasks waited for a processor 25 %; for storage 2 %; for memory 0 %.\n");
}

TEST(MachineText, NamesWhatIsNotAvailable) {
  Environment environment = example();
  environment.cpu_model.reset();
  environment.git.reset();
  environment.after.io_pressure_seconds.reset();
  environment.before.load.reset();
  const std::string text = machine_text(environment);
  EXPECT_NE(text.find("Machine, not available here: processor, git state of this folder.\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("Meanwhile, not available here: load, I/O pressure.\n"), std::string::npos) << text;
  EXPECT_EQ(text.find("for storage"), std::string::npos) << text;
}

TEST(MachineText, OfAnUnbornOrDetachedRepositorySaysSo) {
  Environment environment = example();
  environment.git = GitState{};
  EXPECT_NE(machine_text(environment).find("git without a branch without a commit."), std::string::npos);
}

}  // namespace
}  // namespace labday
