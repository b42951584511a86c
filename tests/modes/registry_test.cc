#include "modes/registry.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "pipeline/posix_io.h"

namespace labday {
namespace {

std::string detail(const auto& result) { return result ? "" : result.error().detail; }

TEST(Registry, EveryModeHasANameASummaryAndHelpForItsParameters) {
  std::set<std::string_view> names;
  for (const ModeInfo* info : all_modes()) {
    EXPECT_TRUE(names.insert(info->name).second) << info->name;
    EXPECT_FALSE(info->summary.empty()) << info->name;
    for (const ModeParameter& p : info->parameters) {
      EXPECT_FALSE(p.name.empty() || p.fallback.empty() || p.help.empty()) << info->name;
    }
  }
}

TEST(Registry, EveryVariantIsASpecOfItsMode) {
  for (const ModeInfo* info : all_modes()) {
    for (const std::string_view variant : info->variants) {
      const auto spec = ModeSpec::parse(variant);
      ASSERT_TRUE(spec) << variant;
      EXPECT_EQ(spec->info, info);
      EXPECT_FALSE(spec->values.empty());
    }
  }
}

TEST(ModeSpec, IsANameWithOrWithoutParameters) {
  const auto plain = ModeSpec::parse("threads");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->info->name, "threads");
  EXPECT_EQ(plain->workers(7), 7);
  const auto with = ModeSpec::parse("threads:workers=4");
  ASSERT_TRUE(with);
  EXPECT_EQ(with->text, "threads:workers=4");
  EXPECT_EQ(with->workers(7), 4);
  EXPECT_EQ(ModeSpec::parse("blocking")->workers(7), 1) << "it has no more";
}

TEST(ModeSpec, AnUnknownModeIsAnsweredWithTheKnownOnes) {
  EXPECT_NE(detail(ModeSpec::parse("thread")).find("blocking, async, threads"), std::string::npos);
}

TEST(ModeSpec, AnUnknownParameterIsAnsweredWithTheKnownOnes) {
  EXPECT_NE(detail(ModeSpec::parse("threads:worker=4")).find("threads has workers"), std::string::npos);
  EXPECT_NE(detail(ModeSpec::parse("blocking:workers=4")).find("blocking has no parameters"),
            std::string::npos);
}

TEST(ModeSpec, WorkersIsANumberFromOneUp) {
  for (const char* bad :
       {"threads:workers=0", "threads:workers=-1", "threads:workers=x", "threads:workers=1e3",
        "threads:workers=99999999999", "threads:workers=", "threads:workers",
        "threads:", "threads:workers=1,workers=2", "threads:workers=1,"}) {
    EXPECT_FALSE(ModeSpec::parse(bad)) << bad;
  }
}

TEST(ModeSpec, ValuesThatMakeNoSenseAreUsageErrorsThatSayWhatIsPossible) {
  const Job job;
  auto io = PosixIo::open(".");
  ASSERT_TRUE(io);
  for (const char* bad :
       {"multiprocessing:join=never", "multiprocessing:start=thread", "multiprocessing-pool:chunk=0",
        "multiprocessing-pool:chunk=x", "multiprocessing-pool:maxtasks=-1", "multiprocessing-joblib:batch=0",
        "multiprocessing-joblib:pre_dispatch=0", "multiprocessing-joblib:pre_dispatch=2*cores",
        "multiprocessing-joblib:max_nbytes=1X", "multiprocessing-joblib:max_nbytes=M",
        "multiprocessing-joblib:max_nbytes=99999999999999G"}) {
    const auto spec = ModeSpec::parse(bad);
    const Error error = spec ? make_mode(*spec, job, **io, 2).error() : spec.error();
    EXPECT_EQ(error.code, ErrorCode::usage) << bad;
    const bool says_what_is_possible =
        error.detail.find("it is") != std::string::npos || error.detail.find("none of") != std::string::npos;
    EXPECT_TRUE(says_what_is_possible) << error.detail;
  }
}

TEST(ModeSpec, InAListAKeyBelongsToTheSpecBeforeIt) {
  const auto list = ModeSpec::parse_list("blocking,threads:workers=2,threads:workers=3");
  ASSERT_TRUE(list);
  ASSERT_EQ(list->size(), 3U);
  EXPECT_EQ((*list)[1].text, "threads:workers=2");
  EXPECT_FALSE(ModeSpec::parse_list("threads,blocking,threads"));
  EXPECT_FALSE(ModeSpec::parse_list(""));
  EXPECT_FALSE(ModeSpec::parse_list("blocking,"));
  EXPECT_FALSE(ModeSpec::parse_list("workers=2"));
}

TEST(ModeSpec, AValueThatAParameterDoesNotTakeIsAnsweredWithThoseItTakes) {
  EXPECT_NE(detail(ModeSpec::parse("async:io=disk")).find("none of auto, uring, threads"), std::string::npos);
  EXPECT_NE(detail(ModeSpec::parse("async:inflight=0")).find("from 1 to 20000"), std::string::npos);
  EXPECT_NE(detail(ModeSpec::parse("async:inflight=20001")).find("from 1 to 20000"), std::string::npos);
  EXPECT_NE(detail(ModeSpec::parse("async:inflight=2x")).find("from 1 to 20000"), std::string::npos);
  EXPECT_TRUE(ModeSpec::parse("async:io=threads,inflight=20000,workers=1"));
}

TEST(Scheduling, IsDataThatFollowsFromTheSpec) {
  const auto of = [](const char* spec) { return scheduling_of(*ModeSpec::parse(spec), 3).value(); };
  EXPECT_EQ(of("blocking"), Scheduling{});
  EXPECT_EQ(of("threads").at_once, 3);
  EXPECT_TRUE(of("threads:workers=5").splits);
  EXPECT_EQ(of("threads:workers=5").workers, 5);
  EXPECT_EQ(of("async").inflight, 6U);
  EXPECT_TRUE(of("async").splits);
  EXPECT_EQ(of("multiprocessing").batches_a_worker, 1U);
  EXPECT_EQ(of("multiprocessing:join=each").workers, 3);
  EXPECT_EQ(of("multiprocessing:join=each").at_once, 1);
  EXPECT_TRUE(of("multiprocessing:join=each").in_order);
  EXPECT_EQ(of("multiprocessing-pool:chunk=4,maxtasks=2").batch, 4U);
  EXPECT_EQ(of("multiprocessing-pool:chunk=4,maxtasks=2").batches_a_worker, 2U);
  EXPECT_TRUE(of("multiprocessing-joblib").adaptive);
  EXPECT_EQ(of("multiprocessing-joblib").batches_under_way, 6U);
  EXPECT_FALSE(scheduling_of(*ModeSpec::parse("multiprocessing-pool:chunk=none"), 3));
}

TEST(Scheduling, IsThereForEveryMode) {
  for (const ModeInfo* mode : all_modes()) {
    const auto scheduling = scheduling_of(*ModeSpec::parse(mode->name), 3);
    ASSERT_TRUE(scheduling) << mode->name;
    EXPECT_GE(scheduling->at_once, 1) << mode->name;
    EXPECT_LE(scheduling->at_once, scheduling->workers) << mode->name;
  }
}

TEST(ModeSpec, TakesWorkersWhereItsModeHasThemAndTheSpecHasNone) {
  int with = 0;
  int without = 0;
  for (const ModeInfo* info : all_modes()) {
    const bool has = std::any_of(info->parameters.begin(), info->parameters.end(),
                                 [](const ModeParameter& parameter) { return parameter.name == "workers"; });
    const std::string name(info->name);
    EXPECT_EQ(ModeSpec::parse(name)->takes_workers(), has) << name;
    ++(has ? with : without);
    if (has) {
      EXPECT_FALSE(ModeSpec::parse(name + ":workers=2")->takes_workers()) << name;
    }
  }
  EXPECT_GT(with, 0);
  EXPECT_GT(without, 0);
}

}  // namespace
}  // namespace labday
