#include "lab/round_wire.h"

#include <gtest/gtest.h>

namespace labday {
namespace {

RoundRecord some_record() {
  RoundRecord record;
  record.tasks = 101;
  record.given_out = Nanoseconds(102);
  for (int i = 0; i < kStageCount; ++i) {
    record.wall.at(static_cast<std::size_t>(i)) = Nanoseconds(110 + i);
    record.cpu.at(static_cast<std::size_t>(i)) = Nanoseconds(120 + i);
  }
  record.in_tasks = Nanoseconds(130);
  record.longest_task = Nanoseconds(131);
  record.handing = Nanoseconds(132);
  record.bytes_read = 133;
  record.bytes_written = 134;
  record.bytes_handed = 135;
  record.workers_used = 136;
  record.floating = true;
  record.idle_before = Nanoseconds(137);
  record.idle_after = Nanoseconds(138);
  record.all_idle_after = Nanoseconds(139);
  record.made = 140;
  record.making = Nanoseconds(141);
  record.ending = Nanoseconds(142);
  record.workers = {Nanoseconds(143), Nanoseconds(144), std::nullopt, 145, 146};
  record.helpers.cpu = Nanoseconds(147);
  record.machine_busy = Nanoseconds(148);
  record.stolen = Nanoseconds(149);
  record.row_stands_for = 2;
  TaskRow row;
  row.task = {3, 1, 2};
  row.record.queued = Nanoseconds(150);
  row.record.bytes_handed = 151;
  row.wall[2] = Nanoseconds(152);
  row.bytes_written = 153;
  record.task_rows = {row, {}};
  WorkerRecord worker;
  worker.worker = 1;
  worker.made = 154;
  worker.making = Nanoseconds(155);
  worker.kernel.involuntary_switches = 156;
  worker.idle = {{Nanoseconds(-157), Nanoseconds(158), Nanoseconds(159)}};
  record.worker_rows = {worker, {}};
  return record;
}

RoundResult some_result() {
  RoundResult result;
  result.start = Nanoseconds(1);
  result.wall = Nanoseconds(std::int64_t{1} << 40);
  result.cpu = Nanoseconds(2);
  result.workers = 3;
  result.note = "file I/O by io_uring";
  result.totals.renditions = {4, 5, 6, 7};
  result.totals.sources = {8, 9, 10, 11};
  result.totals.warnings = 12;
  result.totals.bytes_read = 13;
  result.totals.bytes_written = 14;
  result.totals.pixels = 15;
  for (int i = 0; i < kStageCount; ++i)
    result.totals.stage_times.at(static_cast<std::size_t>(i)) = Nanoseconds(16 + i);
  result.totals.error_count = 30;
  result.totals.errors = {{Stage::write, ErrorCode::internal, std::string("a\0\xFF", 3), "why"},
                          {Stage::plan, ErrorCode::not_found, "", ""}};
  result.record = some_record();
  return result;
}

TEST(RoundWire, CarriesEveryFieldOfAResult) {
  const RoundResult sent = some_result();
  const Result<RoundResult> got = round_result_from_wire(to_wire(Result<RoundResult>(sent)));
  ASSERT_TRUE(got.has_value());
  EXPECT_EQ(got->start, sent.start);
  EXPECT_EQ(got->wall, sent.wall);
  EXPECT_EQ(got->cpu, sent.cpu);
  EXPECT_EQ(got->workers, sent.workers);
  EXPECT_EQ(got->note, sent.note);
  EXPECT_EQ(got->totals.renditions, sent.totals.renditions);
  EXPECT_EQ(got->totals.sources, sent.totals.sources);
  EXPECT_EQ(got->totals.warnings, sent.totals.warnings);
  EXPECT_EQ(got->totals.bytes_read, sent.totals.bytes_read);
  EXPECT_EQ(got->totals.bytes_written, sent.totals.bytes_written);
  EXPECT_EQ(got->totals.pixels, sent.totals.pixels);
  EXPECT_EQ(got->totals.stage_times, sent.totals.stage_times);
  EXPECT_EQ(got->totals.error_count, sent.totals.error_count);
  ASSERT_EQ(got->totals.errors.size(), 2U);
  EXPECT_EQ(got->totals.errors[0].stage, Stage::write);
  EXPECT_EQ(got->totals.errors[0].code, ErrorCode::internal);
  EXPECT_EQ(got->totals.errors[0].path, sent.totals.errors[0].path);
  EXPECT_EQ(got->totals.errors[0].detail, "why");
  EXPECT_EQ(got->record, sent.record);
}

TEST(RoundWire, CarriesWhyThereWasNoResult) {
  const Result<RoundResult> sent = fail(Stage::write, ErrorCode::no_space, "out", "full");
  const Result<RoundResult> got = round_result_from_wire(to_wire(sent));
  ASSERT_FALSE(got.has_value());
  EXPECT_EQ(to_line(got.error()), to_line(sent.error()));
}

TEST(RoundWire, CarriesARequest) {
  RoundRequest sent;
  sent.job.sources.resize(2);
  sent.job.sources[1].path = "photo.jpg";
  sent.job.records = true;
  sent.job.renditions.resize(1);
  sent.mode = "threads:workers=2";
  sent.grain = Grain::rendition;
  sent.workers = 7;
  const Result<RoundRequest> got = round_request_from_wire(to_wire(sent));
  ASSERT_TRUE(got.has_value());
  EXPECT_EQ(got->job, sent.job);
  EXPECT_EQ(got->mode, sent.mode);
  EXPECT_EQ(got->grain, sent.grain);
  EXPECT_EQ(got->workers, sent.workers);
}

TEST(RoundWire, RefusesWhatIsCutShortOrTooLong) {
  const Bytes result = to_wire(Result<RoundResult>(some_result()));
  const Bytes request = to_wire(RoundRequest{Job{}, "blocking", Grain::source, 1});
  for (std::size_t size = 0; size < result.size(); ++size) {
    EXPECT_FALSE(round_result_from_wire(ByteView(result).first(size)).has_value()) << size;
  }
  for (std::size_t size = 0; size < request.size(); ++size) {
    EXPECT_FALSE(round_request_from_wire(ByteView(request).first(size)).has_value()) << size;
  }
  for (Bytes wire : {result, request}) {
    wire.push_back(0);
    EXPECT_FALSE(round_result_from_wire(wire).has_value());
    EXPECT_FALSE(round_request_from_wire(wire).has_value());
  }
}

TEST(RoundWire, RefusesErrorsOfUnknownKinds) {
  Bytes wire = to_wire(Result<RoundResult>(fail(Stage::write, ErrorCode::no_space, "", "")));
  wire[2] = kErrorCodeCount;  // behind the flag and the stage
  const Result<RoundResult> got = round_result_from_wire(wire);
  ASSERT_FALSE(got.has_value());
  EXPECT_EQ(got.error().code, ErrorCode::corrupt);
}

}  // namespace
}  // namespace labday
