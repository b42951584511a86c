#include <gtest/gtest.h>

#include <string>

#include "report/bench_json.h"
#include "support/experiments.h"

namespace labday {
namespace {

using testing::fixed_experiment;
using testing::FixedExperiment;
using testing::mode_rounds;

const std::string kPath = "run.json";

/// What was written is written again from what was read.
void expect_round_trip(const FixedExperiment& fixed) {
  const std::string text = bench_json(fixed.plan, fixed.result);
  const Result<BenchRecord> record = bench_record_from_json(text, kPath);
  ASSERT_TRUE(record.has_value()) << to_line(record.error());
  EXPECT_EQ(bench_json(*record), text);
}

FixedExperiment rich_experiment() {
  FixedExperiment fixed = fixed_experiment();
  fixed.plan.precision = 0.02;
  fixed.plan.max_time = std::chrono::minutes(10);
  fixed.plan.seed = 4'294'967'295;
  fixed.plan.job.renditions.resize(3);
  fixed.plan.job.renditions[2].width = 800;
  fixed.plan.job.renditions[0].scale = {125, 1};
  fixed.result.modes[1] = mode_rounds("threads:workers=2", {4.0, std::nullopt, 4.02});
  fixed.result.control[1].reset();
  fixed.result.order = {{1, 1, "blocking", false},
                        {1, 2, "threads:workers=2", false},
                        {1, 3, "blocking", true},
                        {2, 1, "blocking", true},
                        {3, 1, "blocking", false}};
  fixed.result.failures = {
      {"threads:workers=2", 2, {Stage::plan, ErrorCode::internal, "out/\xff", "its process crashed"}}};
  fixed.result.reference.renditions = {18, 0, 2, 0};
  fixed.result.reference.warnings = 3;
  fixed.result.reference.errors = {
      {Stage::decode, ErrorCode::truncated, "photos/m\xfc.jpg", "the JPEG data ends early"}};
  fixed.result.reference.error_count = 7;
  fixed.result.environment.cpu.quota_cores = 1.5;
  return fixed;
}

TEST(BenchJsonReader, GivesBackWhatWasWritten) {
  expect_round_trip(fixed_experiment());
  expect_round_trip(rich_experiment());
}

RoundRecord some_record(bool floating) {
  RecordCollector collector;
  using std::chrono::milliseconds;
  collector.add(testing::task_of(0, 0, milliseconds(5), milliseconds(10), milliseconds(9)));
  collector.add(testing::task_of(1, 1, milliseconds(6), milliseconds(12), milliseconds(12)));
  RunRecord run;
  for (int worker = 0; worker < 2; ++worker) {
    WorkerRecord& record = run.workers.emplace_back();
    record.worker = worker;
    record.made = 3;
    record.making = milliseconds(1);
    record.kernel.run_delay = milliseconds(2);
    record.kernel.involuntary_switches = 4;
    if (floating) record.idle = {{milliseconds(4), milliseconds(5), milliseconds(1)}};
  }
  run.helpers.cpu = milliseconds(3);
  return collector.finish(milliseconds(5), milliseconds(20), run);
}

TEST(BenchJsonReader, GivesBackTheRecordsOfRounds) {
  FixedExperiment fixed = rich_experiment();
  fixed.result.modes[0].rounds[0]->record = some_record(false);
  fixed.result.modes[1].rounds[2]->record = some_record(true);
  fixed.result.control[0]->record = some_record(false);
  expect_round_trip(fixed);
  const std::string text = bench_json(fixed.plan, fixed.result);
  const BenchRecord record = bench_record_from_json(text, kPath).value();
  EXPECT_EQ(record.result.modes[0].rounds[0]->record, fixed.result.modes[0].rounds[0]->record);
  EXPECT_EQ(record.result.modes[1].rounds[2]->record, fixed.result.modes[1].rounds[2]->record);
  EXPECT_FALSE(record.result.modes[0].rounds[1]->record);
  EXPECT_NE(text.find("[0,0,2,0,0,0,10000,0,0,0,0,10000,0,0,0,0,9000,0,1000,5000,0]"), std::string::npos)
      << "a row is one line";
}

TEST(BenchJsonReader, NamesRecordsThatWereChanged) {
  FixedExperiment fixed = fixed_experiment();
  fixed.result.modes[0].rounds[0]->record = some_record(true);
  const std::string text = bench_json(fixed.plan, fixed.result);
  const std::vector<std::pair<std::string, std::string>> changes{
      {"[0,0,2,0,0", "[0,0,70000,0,0"}, {"[0,0,2,0,0", "[0,0,\"2\",0,0"}, {"[0,0,2,0,0", "[0,0,2,-1,0"},
      {"[0,-1000,0,", "[7,-1000,0,"},   {"[0,-1000,0,1000]", "[0]"},      {"\"made\": 6", "\"made\": -6"}};
  for (const auto& [from, to] : changes) {
    std::string changed = text;
    const auto place = changed.find(from);
    ASSERT_NE(place, std::string::npos) << from;
    changed.replace(place, from.size(), to);
    const Result<BenchRecord> record = bench_record_from_json(changed, kPath);
    ASSERT_FALSE(record.has_value()) << to;
    EXPECT_EQ(record.error().code, ErrorCode::corrupt);
  }
}

TEST(BenchJsonReader, KnowsPlanRoundsAndCircumstances) {
  const FixedExperiment fixed = rich_experiment();
  const BenchRecord record = bench_record_from_json(bench_json(fixed.plan, fixed.result), kPath).value();
  EXPECT_EQ(record.sources, 10U);
  EXPECT_EQ(record.source_bytes, 10'000U);
  EXPECT_EQ(record.plan.modes, fixed.plan.modes);
  EXPECT_EQ(record.plan.baseline, "blocking");
  EXPECT_EQ(record.plan.rounds, 3);
  EXPECT_EQ(record.plan.seed, 4'294'967'295U);
  EXPECT_EQ(record.plan.precision, 0.02);
  EXPECT_EQ(record.plan.max_time, std::chrono::minutes(10));
  EXPECT_EQ(record.plan.job.renditions, fixed.plan.job.renditions);
  EXPECT_EQ(record.result.order, fixed.result.order);
  EXPECT_EQ(record.result.ended, Ended::rounds);
  ASSERT_EQ(record.result.modes.size(), 2U);
  EXPECT_FALSE(record.result.modes[1].rounds[1].has_value());
  EXPECT_EQ(record.result.modes[1].rounds[2]->wall, fixed.result.modes[1].rounds[2]->wall);
  EXPECT_EQ(record.result.modes[1].rounds[2]->totals.stage_times,
            fixed.result.modes[1].rounds[2]->totals.stage_times);
  EXPECT_EQ(record.result.control[2]->wall, fixed.result.control[2]->wall);
  EXPECT_EQ(record.result.failures[0].error.path, "out/\xff") << "byte for byte";
  EXPECT_EQ(record.result.reference.errors[0].path, "photos/m\xfc.jpg");
  EXPECT_TRUE(comparable(record.result.environment, fixed.result.environment).empty());
  EXPECT_EQ(record.result.environment.git, fixed.result.environment.git);
  EXPECT_EQ(record.result.environment.before, fixed.result.environment.before);
  EXPECT_EQ(record.result.environment.after, fixed.result.environment.after);
}

TEST(BenchJsonReader, GivesBackWhatIsNotKnownAsNotKnown) {
  FixedExperiment fixed = fixed_experiment();
  fixed.result.environment.cpu_model.reset();
  fixed.result.environment.kernel.reset();
  fixed.result.environment.git.reset();
  fixed.result.environment.before = {};
  fixed.result.environment.after = {};
  expect_round_trip(fixed);
  const BenchRecord record = bench_record_from_json(bench_json(fixed.plan, fixed.result), kPath).value();
  EXPECT_FALSE(record.result.environment.cpu_model.has_value());
  EXPECT_FALSE(record.result.environment.git.has_value());
  EXPECT_FALSE(record.result.environment.before.ticks.has_value());
}

TEST(BenchJsonReader, ReadsInterruptedExperimentsAndThoseWhoseModesDisagree) {
  FixedExperiment fixed = rich_experiment();
  fixed.result.ended = Ended::not_yet;
  expect_round_trip(fixed);
  EXPECT_FALSE(bench_record_from_json(bench_json(fixed.plan, fixed.result), kPath)->result.complete());
  fixed.result.ended = Ended::cancelled;
  expect_round_trip(fixed);
  fixed.result.ended = Ended::disagreement;
  fixed.result.disagreement =
      Disagreement{"threads:workers=2", 2, {Difference::Kind::extra, "sub/a\xff-120.png"}};
  expect_round_trip(fixed);
  fixed = fixed_experiment();
  fixed.result.modes = {{"blocking", {}}, {"threads:workers=2", {}}};
  fixed.result.control.clear();
  fixed.result.order.clear();
  fixed.result.ended = Ended::cancelled;
  expect_round_trip(fixed);
}

ErrorCode code_of(const std::string& text) {
  const Result<BenchRecord> record = bench_record_from_json(text, kPath);
  EXPECT_FALSE(record.has_value());
  if (record) return ErrorCode::internal;
  EXPECT_EQ(record.error().path, kPath);
  EXPECT_FALSE(record.error().detail.empty());
  return record.error().code;
}

TEST(BenchJsonReader, NamesFilesOfOthers) {
  EXPECT_EQ(code_of("[]"), ErrorCode::usage);
  EXPECT_EQ(code_of("{}"), ErrorCode::usage);
  EXPECT_EQ(code_of("\"labday.bench/1\""), ErrorCode::usage);
  EXPECT_EQ(code_of(R"({"schema": 1})"), ErrorCode::usage);
  EXPECT_EQ(code_of(R"({"schema": "labday.resize/1"})"), ErrorCode::usage);
  EXPECT_EQ(code_of(R"({"schema": "labday.bench/2"})"), ErrorCode::usage);
}

TEST(BenchJsonReader, NamesWhatIsNoJsonOrWasCutAnywhere) {
  EXPECT_EQ(code_of(""), ErrorCode::corrupt);
  EXPECT_EQ(code_of("blocking: 7.55"), ErrorCode::corrupt);
  const FixedExperiment fixed = rich_experiment();
  const std::string text = bench_json(fixed.plan, fixed.result);
  for (std::size_t length = 1; length + 2 < text.size(); length += 7) {
    ASSERT_EQ(code_of(text.substr(0, length)), ErrorCode::corrupt) << length;
  }
}

TEST(BenchJsonReader, NamesRunsWhoseValuesWereChanged) {
  const FixedExperiment fixed = rich_experiment();
  const std::string text = bench_json(fixed.plan, fixed.result);
  const std::vector<std::pair<std::string, std::string>> changes{
      {"\"seed\": 4294967295", "\"seed\": \"none\""},
      {"\"rounds\": 3", "\"rounds\": 0"},
      {"\"round\": 3", "\"round\": 1000000"},
      {"\"round\": 3", "\"round\": 0"},
      {"\"wall_seconds\": 7.5", "\"wall_seconds\": -7.5"},
      {"\"wall_seconds\": 7.5", "\"wall_seconds\": null"},
      {"\"wall_seconds\": 7.5", "\"seconds\": 7.5"},
      {"\"ended\": \"rounds\"", "\"ended\": \"soon\""},
      {"\"scale_percent\": \"12.5\"", "\"scale_percent\": \"x\""},
      {"\"png\": \"balanced\"", "\"png\": \"best\""},
      {"\"grain\": \"source\"", "\"grain\": \"sand\""},
      {"\"count\": 20", "\"count\": -20"},
      {"\"peak_memory_bytes\": 45200000,\n          ", "\"peak_memory_bytes\": 1.5,\n          "},
      {"\"block\": 3", "\"block\": 1000000"},
      {"\"planned_modes\": [", "\"planned_modes\": [\"blocking\", "},
      {"\"cores_online\": 4", "\"cores_online\": 1e300"},
      {"\"cores_in_affinity_mask\": 2", "\"cores_in_affinity_mask\": -1"},
      {"\"libraries\": {", "\"library\": {"},
      {"\"code\": \"internal\"", "\"code\": \"unheard-of\""}};
  for (const auto& [from, to] : changes) {
    std::string changed = text;
    const auto place = changed.find(from);
    ASSERT_NE(place, std::string::npos) << from;
    changed.replace(place, from.size(), to);
    EXPECT_EQ(code_of(changed), ErrorCode::corrupt) << to;
  }
}

TEST(BenchJsonReader, NamesARunThatIsNestedDeeply) {
  const FixedExperiment fixed = fixed_experiment();
  std::string text = bench_json(fixed.plan, fixed.result);
  const std::string from = "\"warnings\": 0";
  const auto place = text.find(from);
  ASSERT_NE(place, std::string::npos);
  constexpr std::size_t kDepth = 1'000'000;
  text.replace(place, from.size(), "\"warnings\": " + std::string(kDepth, '[') + std::string(kDepth, ']'));
  EXPECT_EQ(code_of(text), ErrorCode::corrupt);
}

}  // namespace
}  // namespace labday
