#include "report/trace_json.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <set>

#include "support/recorded_experiment.h"

namespace labday {
namespace {

using nlohmann::json;
using testing::FixedExperiment;
using testing::recorded_experiment;

BenchRecord record_of(FixedExperiment fixed) { return bench_record(fixed.plan, std::move(fixed.result)); }

std::vector<std::string> processes(const json& trace) {
  std::vector<std::string> names;
  for (const json& event : trace.at("traceEvents")) {
    if (event.at("name") == "process_name") names.push_back(event.at("args").at("name"));
  }
  return names;
}

TEST(TraceJson, EveryRoundIsAProcessNamedAfterModeAndRound) {
  const auto trace = trace_json(record_of(recorded_experiment()), {});
  ASSERT_TRUE(trace.has_value());
  EXPECT_EQ(processes(json::parse(trace->json)),
            (std::vector<std::string>{"blocking, round 1", "blocking, round 2", "blocking, round 3",
                                      "threads:workers=2, round 1", "threads:workers=2, round 2",
                                      "threads:workers=2, round 3"}));
  EXPECT_TRUE(trace->left_out.empty());
}

TEST(TraceJson, ATaskIsACompleteEventWithItsStagesInside) {
  const auto trace = trace_json(record_of(recorded_experiment()), {{"blocking"}, {2}});
  ASSERT_TRUE(trace.has_value());
  const json parsed = json::parse(trace->json);
  EXPECT_EQ(processes(parsed), (std::vector<std::string>{"blocking, round 2"}));
  int tasks = 0;
  std::set<int> threads;
  for (const json& event : parsed.at("traceEvents")) {
    if (event.at("ph") != "X") continue;
    EXPECT_EQ(event.at("dur"), 400'000) << "microseconds; the stage fills the whole task here";
    tasks += event.at("cat") == "task" ? 1 : 0;
    threads.insert(event.at("tid").get<int>());
    EXPECT_EQ(event.at("cat") == "stage", event.at("name") == "encode");
  }
  EXPECT_EQ(tasks, 4);
  EXPECT_EQ(threads, (std::set<int>{1, 2}));
}

TEST(TraceJson, WhatTheRecordDoesNotHoldIsSaid) {
  FixedExperiment fixed = recorded_experiment();
  fixed.result.modes[0].rounds[1]->record.reset();
  fixed.result.modes[0].rounds[2].reset();
  fixed.result.modes[1].rounds[0]->record->tasks = 1000;
  const auto trace = trace_json(record_of(std::move(fixed)), {});
  ASSERT_TRUE(trace.has_value());
  EXPECT_EQ(trace->left_out,
            (std::vector<std::string>{
                "blocking: of rounds 2, 3 the run holds no tasks.",
                "threads:workers=2, round 1: 4 of 1,000 tasks are shown; the record holds no more."}));
}

TEST(TraceJson, AWishThatCannotBeMetIsRefused) {
  const BenchRecord record = record_of(recorded_experiment());
  for (const TraceWish& wish : {TraceWish{{"async"}, {}}, TraceWish{{}, {4}}, TraceWish{{}, {0}}}) {
    const auto trace = trace_json(record, wish);
    ASSERT_FALSE(trace.has_value());
    EXPECT_EQ(trace.error().code, ErrorCode::usage);
  }
  EXPECT_EQ(trace_json(record, {{"async"}, {}}).error().detail, "the run has no mode async");
  EXPECT_EQ(trace_json(record, {{}, {4}}).error().detail, "the run has no round 4: it has 3 rounds");
}

TEST(TraceJson, ARunWithoutRecordsHasNone) {
  const auto trace = trace_json(record_of(testing::fixed_experiment()), {});
  ASSERT_FALSE(trace.has_value());
  EXPECT_NE(trace.error().detail.find("no tasks"), std::string::npos) << trace.error().detail;
}

TEST(TraceJson, ANameThatIsNoUtf8IsEscaped) {
  FixedExperiment fixed = recorded_experiment();
  fixed.plan.modes[1] = fixed.result.modes[1].mode = "odd\xff\"\n";
  const auto trace = trace_json(record_of(std::move(fixed)), {{"odd\xff\"\n"}, {1}});
  ASSERT_TRUE(trace.has_value());
  EXPECT_EQ(processes(json::parse(trace->json)), (std::vector<std::string>{R"(odd\xff"\x0a, round 1)"}));
}

}  // namespace
}  // namespace labday
