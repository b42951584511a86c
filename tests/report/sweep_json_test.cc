#include "report/sweep_json.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/sweeps.h"

namespace labday {
namespace {

using nlohmann::json;
using testing::crossing_sweep;

const std::string kPath = "sweep.json";

void expect_round_trip(const SweepRecord& record) {
  const std::string text = sweep_json(record);
  const Result<SweepRecord> read = sweep_record_from_json(text, kPath);
  ASSERT_TRUE(read.has_value()) << to_line(read.error());
  EXPECT_EQ(sweep_json(*read), text);
}

SweepRecord killed_sweep() {
  SweepRecord record = crossing_sweep();
  SweepResult& result = record.result;
  const std::size_t played = SweepGrid(record.plan).entries().size() + 5;
  for (std::size_t i = played; i < result.order.size(); ++i) {
    result.rounds[result.order[i].entry][static_cast<std::size_t>(result.order[i].block - 1)].reset();
  }
  result.order.resize(played);
  for (auto& rounds : result.rounds) rounds.resize(2);
  result.rounds[3][0].reset();
  result.rounds[4][1]->note = "file I/O by io_uring";
  result.failures = {{3, 1, {Stage::plan, ErrorCode::internal, "out/\xff", "its process crashed"}}};
  result.jobs[0].reference.errors = {
      {Stage::decode, ErrorCode::truncated, "photos/m\xfc.jpg", "it ends early"}};
  result.jobs[0].reference.error_count = 2;
  result.ended = Ended::not_yet;
  result.sessions = 2;
  record.plan.max_time = std::chrono::minutes(90);
  record.scratch_folders = {"/tmp/labday-bench-1", "/tmp/\xff/labday-bench-2"};
  return record;
}

TEST(SweepJson, HasTheFiguresOfEachPointAndWhereTheRankingChanges) {
  const json document = json::parse(sweep_json(crossing_sweep()));
  EXPECT_EQ(document["schema"], "labday.sweep/1");
  EXPECT_EQ(document["complete"], true);
  ASSERT_EQ(document["points"].size(), 12U);
  const json& point = document["points"][11];
  EXPECT_EQ(point["sources"], 16);
  EXPECT_EQ(point["sources_factor"], 2);
  EXPECT_EQ(point["size_factor"], 1);
  EXPECT_EQ(point["workers"], 2);
  const json& fast = point["modes"]["fast"];
  EXPECT_NEAR(fast["seconds_a_source"].get<double>(), 1.8 / 16, 0.001);
  EXPECT_LE(fast["seconds_a_source_interval"][0], fast["seconds_a_source"]);
  EXPECT_GE(fast["seconds_a_source_interval"][1], fast["seconds_a_source"]);
  EXPECT_NEAR(fast["ratio"].get<double>(), 1.8 / 3.2, 0.01);
  EXPECT_EQ(fast["place"], 1);
  EXPECT_EQ(fast["verdict"], "faster");
  ASSERT_EQ(document["crossovers"].size(), 6U);
  const json& crossover = document["crossovers"][0];
  EXPECT_EQ(crossover["axis"], "sources");
  EXPECT_EQ(crossover["faster"], "fast");
  EXPECT_EQ(crossover["overtaken"], "base");
  EXPECT_EQ(crossover["beyond_noise"], true);
  EXPECT_EQ(crossover["before"]["workers"], crossover["after"]["workers"]);
  EXPECT_EQ(document["scaling"].size(), 12U) << "two modes of six jobs";
  EXPECT_TRUE(document["scaling"][0]["universal"].is_null()) << "two counts are too few";
  EXPECT_FALSE(document["scaling"][0]["amdahl"].is_null());
}

TEST(SweepJson, OfASweepThatGoesOnHoldsItsTurnsOnly) {
  const json document = json::parse(sweep_json(killed_sweep()));
  EXPECT_EQ(document["complete"], false);
  EXPECT_TRUE(document["points"].empty());
  EXPECT_EQ(document["turns"].size(), killed_sweep().result.order.size());
  EXPECT_FALSE(document["turns"][3].contains("wall_seconds")) << "that round failed";
  EXPECT_EQ(document["turns"][0]["mode"], "base");
}

TEST(SweepJsonReader, GivesBackWhatWasWritten) {
  expect_round_trip(crossing_sweep());
  expect_round_trip(killed_sweep());
  SweepRecord record = crossing_sweep();
  record.result = SweepResult::blank(SweepGrid(record.plan));
  record.result.ended = Ended::cancelled;
  expect_round_trip(record);
  record = crossing_sweep();
  record.result.ended = Ended::disagreement;
  record.result.disagreement = SweepDisagreement{2, 1, {Difference::Kind::extra, "sub/a\xff-120.png"}};
  expect_round_trip(record);
}

TEST(SweepJsonReader, KnowsAllThatASweepGoesOnFrom) {
  const SweepRecord record = killed_sweep();
  const SweepRecord read = sweep_record_from_json(sweep_json(record), kPath).value();
  EXPECT_TRUE(obstacles_to_resume(read, record).empty());
  EXPECT_EQ(read.plan.seed, 7U);
  EXPECT_EQ(read.plan.modes, record.plan.modes);
  EXPECT_EQ(read.plan.max_time, std::chrono::minutes(90));
  EXPECT_EQ(read.scratch_folders, record.scratch_folders) << "byte for byte";
  EXPECT_EQ(read.result.order, record.result.order);
  EXPECT_EQ(read.result.sessions, 2);
  EXPECT_EQ(read.result.jobs[0].hash, record.result.jobs[0].hash);
  EXPECT_EQ(read.result.jobs[0].reference.errors[0].path, "photos/m\xfc.jpg");
  EXPECT_FALSE(read.result.rounds[3][0].has_value());
  ASSERT_TRUE(read.result.rounds[4][1].has_value());
  EXPECT_EQ(read.result.rounds[4][1]->wall, record.result.rounds[4][1]->wall);
  EXPECT_EQ(read.result.rounds[4][1]->note, "file I/O by io_uring");
}

ErrorCode code_of(const std::string& text) {
  const Result<SweepRecord> record = sweep_record_from_json(text, kPath);
  EXPECT_FALSE(record.has_value());
  if (record) return ErrorCode::internal;
  EXPECT_EQ(record.error().path, kPath);
  EXPECT_FALSE(record.error().detail.empty());
  return record.error().code;
}

TEST(SweepJsonReader, NamesFilesOfOthersAndWhatIsNoJson) {
  EXPECT_EQ(code_of("[]"), ErrorCode::usage);
  EXPECT_EQ(code_of("{}"), ErrorCode::usage);
  EXPECT_EQ(code_of(R"({"schema": "labday.bench/1"})"), ErrorCode::usage);
  EXPECT_EQ(code_of(""), ErrorCode::corrupt);
  const std::string text = sweep_json(killed_sweep());
  for (std::size_t length = 1; length + 2 < text.size(); length += 101) {
    ASSERT_EQ(code_of(text.substr(0, length)), ErrorCode::corrupt) << length;
  }
}

TEST(SweepJsonReader, NamesSweepsWhoseValuesWereChanged) {
  const std::string text = sweep_json(killed_sweep());
  const auto changed = [&](const json::json_pointer& where, const json& value) {
    json document = json::parse(text);
    document.at(where) = value;
    return code_of(document.dump());
  };
  using Pointer = json::json_pointer;
  const std::vector<std::pair<std::string, json>> changes{{"/plan/workers", json::array()},
                                                          {"/plan/workers", {2, 1}},
                                                          {"/plan/workers/0", 0},
                                                          {"/plan/size_factors/0", -1},
                                                          {"/plan/sources_factors", {0.5, 1}},
                                                          {"/plan/baseline", "other"},
                                                          {"/plan/rounds", 0},
                                                          {"/turns/0/entry", 1000},
                                                          {"/turns/0/block", 2},
                                                          {"/turns/40/block", 1000000},
                                                          {"/turns/0/wall_seconds", -1},
                                                          {"/failures/0/entry", -1},
                                                          {"/jobs/0/files/count", "many"},
                                                          {"/ended", "soon"},
                                                          {"/sessions", 0},
                                                          {"/environment", nullptr},
                                                          {"/sources_xxh3_128", 1}};
  for (const auto& [where, value] : changes) {
    EXPECT_EQ(changed(Pointer(where), value), ErrorCode::corrupt) << where << " " << value;
  }
}

}  // namespace
}  // namespace labday
