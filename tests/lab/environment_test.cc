#include "lab/environment.h"

#include <gtest/gtest.h>

#include "support/experiments.h"

namespace labday {
namespace {

Environment example() { return testing::fixed_experiment().result.environment; }

TEST(Environment, IsReadFromThisMachine) {
  const Environment environment = read_environment("/dev/shm", "labday-notebook");
  EXPECT_EQ(environment.version, labday_version());
  EXPECT_EQ(environment.scratch_file_system, "tmpfs");
  EXPECT_GE(environment.cpu.cores(), 1);
  EXPECT_TRUE(environment.kernel.value().starts_with("Linux "));
  EXPECT_FALSE(environment.simd.empty());
  EXPECT_FALSE(environment.build.compiler.empty());
  EXPECT_NE(environment.build.flags.find("-ffp-contract=off"), std::string::npos) << environment.build.flags;
  EXPECT_EQ(environment.build.flags.find("-W"), std::string::npos) << environment.build.flags;
  for (const auto& [library, version] : environment.build.libraries) {
    EXPECT_NE(version.find('.'), std::string::npos) << library << " " << version;
  }
}

TEST(Environment, KnowsTheProcessorByItsName) {
  EXPECT_EQ(parse_cpu_model("processor\t: 0\nvendor_id\t: AuthenticAMD\nmodel name\t: AMD EPYC 9B14\n"),
            "AMD EPYC 9B14");
  EXPECT_EQ(parse_cpu_model("processor\t: 0\nCPU implementer\t: 0x41\nCPU part\t: 0xd0c\n"),
            "implementer 0x41, part 0xd0c");
  EXPECT_FALSE(parse_cpu_model("processor\t: 0\nmodel name\t: \n").has_value());
  EXPECT_FALSE(parse_cpu_model("").has_value());
}

TEST(Environment, IsComparableWithItself) { EXPECT_TRUE(comparable(example(), example()).empty()); }

TEST(Environment, IsNotComparableWithAnotherMachineOrBuild) {
  const auto only_difference = [](const Environment& other) {
    const std::vector<EnvironmentDifference> differences = comparable(example(), other);
    EXPECT_EQ(differences.size(), 1U);
    return differences.empty() ? ""
                               : differences.front().what + ": " + differences.front().first + " | " +
                                     differences.front().second;
  };
  Environment other = example();
  other.cpu_model = "Other CPU";
  EXPECT_EQ(only_difference(other), "processor: Example CPU | Other CPU");
  other = example();
  other.cpu.quota_cores = 1.5;
  EXPECT_EQ(only_difference(other), "cores: 2 of 4 online | 2 of 4 online, quota 1.5");
  other = example();
  other.kernel = "Linux 6.2";
  EXPECT_EQ(only_difference(other), "kernel: Linux 6.1 | Linux 6.2");
  other = example();
  other.simd = "AVX3";
  EXPECT_EQ(only_difference(other), "SIMD target: AVX2 | AVX3");
  other = example();
  other.build.compiler = "Clang 14";
  EXPECT_EQ(only_difference(other), "compiler: GNU 12.2.0 | Clang 14");
  other = example();
  other.build.flags = "-O0";
  EXPECT_EQ(only_difference(other), "compiler flags: -O3 | -O0");
  other = example();
  other.build.libraries[0].second = "1.6.40";
  EXPECT_EQ(only_difference(other), "libraries: libpng 1.6.39 | libpng 1.6.40");
  other = example();
  other.scratch_file_system = "xfs";
  EXPECT_EQ(only_difference(other), "file system of the scratch folder: tmpfs | xfs");
}

TEST(Environment, WhatOnlyOneKnowsIsADifference) {
  Environment other = example();
  other.cpu_model.reset();
  const auto differences = comparable(example(), other);
  ASSERT_EQ(differences.size(), 1U);
  EXPECT_EQ(differences[0].second, "not known");
  Environment neither = other;
  EXPECT_TRUE(comparable(neither, other).empty());
}

TEST(Environment, OfAnotherVersionCommitOrLoadIsComparable) {
  Environment other = example();
  other.version = "0.2.0";
  other.git.reset();
  other.before.load.reset();
  other.after.uptime_seconds = 1e6;
  EXPECT_TRUE(comparable(example(), other).empty());
}

}  // namespace
}  // namespace labday
