#include "transport/worker_messages.h"

#include <gtest/gtest.h>

#include <vector>

namespace labday {
namespace {

TaskMessage task_message() {
  TaskMessage message;
  message.serial = 77;
  message.task = {1234567, 2, 5};
  message.source.path = "photos/summer/\xff.jpg";
  message.source.file_bytes = 4711;
  message.source.dir_begin = 7;
  message.source.dir_length = 6;
  message.retry = true;
  message.share = true;
  message.min_shared_bytes = 1 << 20;
  message.pixels = PixelsHeader{{300, 200}, PixelFormat::rgba, 3144, 2};
  return message;
}

TaskResult task_result() {
  TaskResult result;
  result.task = {9, 0, 4};
  result.done = 1;
  result.skipped = 1;
  result.failed = 2;
  result.warnings = 3;
  result.bytes_read = 1'000'000'000'000;
  result.bytes_written = 5;
  result.pixels = 6;
  result.stage_times[2] = Nanoseconds(12345);
  TaskRecord& record = result.record.emplace();
  record.queued = Nanoseconds(100);
  record.started = Nanoseconds(101);
  record.ended = Nanoseconds(std::int64_t{1} << 50);
  record.cpu = {Nanoseconds(1), Nanoseconds(2), Nanoseconds(3),
                Nanoseconds(4), Nanoseconds(5), Nanoseconds(6)};
  record.handing = Nanoseconds(7);
  record.waiting = Nanoseconds(70);
  record.bytes_handed = 8;
  record.worker = 9;
  result.errors = {{Stage::decode, ErrorCode::corrupt, "a.jpg", "what"},
                   {Stage::write, ErrorCode::no_space, "", ""}};
  return result;
}

std::vector<Bytes> every_message() {
  Job job;
  job.renditions.resize(2);
  job.output_folder = "out";
  return {
      to_wire(HelloMessage{}),
      to_wire(PixelsMessage{5, PixelsHeader{{3, 2}, PixelFormat::l, 0, 1}}),
      to_wire(PixelsMessage{5, std::nullopt}),
      to_wire(ResultMessage{8, task_result()}),
      to_wire(JobMessage{job}),
      to_wire(task_message()),
      to_wire(RequestMessage{8, RequestMessage::Kind::create, 9, "a/\xff.png", {10, 11}}),
      to_wire(ReplyMessage{1, true, std::nullopt}),
      to_wire(ReplyMessage{0, false, Error{Stage::write, ErrorCode::exists, "a.png", "it is there already"}}),
      to_wire(ReleaseMessage{})};
}

TEST(WorkerMessages, ATaskComesThroughWhole) {
  const auto read = parent_message_from_wire(to_wire(task_message()));
  ASSERT_TRUE(read);
  const auto& task = std::get<TaskMessage>(*read);
  const TaskMessage expected = task_message();
  EXPECT_EQ(task.serial, expected.serial);
  EXPECT_EQ(task.task, expected.task);
  EXPECT_EQ(task.source, expected.source);
  EXPECT_TRUE(task.retry && task.share);
  EXPECT_EQ(task.min_shared_bytes, expected.min_shared_bytes);
  EXPECT_EQ(task.pixels, expected.pixels);
}

TEST(WorkerMessages, ARequestAndItsReplyComeThroughWhole) {
  const RequestMessage request{8, RequestMessage::Kind::publish, 9, "a/\xff.png", {10, 11}};
  const auto asked = worker_message_from_wire(to_wire(request));
  ASSERT_TRUE(asked);
  EXPECT_EQ(std::get<RequestMessage>(*asked), request);
  const auto replied = parent_message_from_wire(
      to_wire(ReplyMessage{7, true, Error{Stage::write, ErrorCode::no_space, "a.png", "why"}}));
  ASSERT_TRUE(replied);
  const auto& reply = std::get<ReplyMessage>(*replied);
  EXPECT_EQ(reply.number, 7U);
  EXPECT_TRUE(reply.hashed);
  ASSERT_TRUE(reply.error);
  EXPECT_EQ(reply.error->code, ErrorCode::no_space);
  EXPECT_EQ(reply.error->path, "a.png");
  EXPECT_EQ(reply.error->detail, "why");
}

TEST(WorkerMessages, AResultComesThroughWhole) {
  const auto read = worker_message_from_wire(to_wire(ResultMessage{8, task_result()}));
  ASSERT_TRUE(read);
  const auto& message = std::get<ResultMessage>(*read);
  const TaskResult expected = task_result();
  EXPECT_EQ(message.serial, 8U);
  EXPECT_EQ(message.result.task, expected.task);
  EXPECT_EQ(message.result.done, 1U);
  EXPECT_EQ(message.result.skipped, 1U);
  EXPECT_EQ(message.result.failed, 2U);
  EXPECT_EQ(message.result.warnings, 3U);
  EXPECT_EQ(message.result.bytes_read, expected.bytes_read);
  EXPECT_EQ(message.result.stage_times, expected.stage_times);
  EXPECT_EQ(message.result.record, expected.record);
  ASSERT_EQ(message.result.errors.size(), 2U);
  EXPECT_EQ(message.result.errors[1].code, ErrorCode::no_space);
  EXPECT_EQ(message.result.errors[0].path, "a.jpg");
}

TEST(WorkerMessages, AMessageThatIsCutOffOrTooLongIsDamaged) {
  for (const Bytes& wire : every_message()) {
    for (std::size_t length = 0; length < wire.size(); ++length) {
      const ByteView cut(wire.data(), length);
      EXPECT_FALSE(worker_message_from_wire(cut));
      EXPECT_FALSE(parent_message_from_wire(cut));
    }
    Bytes longer = wire;
    longer.push_back(0);
    EXPECT_FALSE(worker_message_from_wire(longer));
    EXPECT_FALSE(parent_message_from_wire(longer));
  }
}

TEST(WorkerMessages, EachIsUnderstoodByTheOtherSideOnly) {
  std::size_t understood = 0;
  for (const Bytes& wire : every_message()) {
    const bool by_parent = worker_message_from_wire(wire).has_value();
    const bool by_worker = parent_message_from_wire(wire).has_value();
    EXPECT_NE(by_parent, by_worker);
    ++understood;
  }
  EXPECT_EQ(understood, 10U);
}

TEST(WorkerMessages, AnotherVersionOfTheProtocolIsRefused) {
  for (Bytes wire : every_message()) {
    ++wire[3];
    EXPECT_FALSE(worker_message_from_wire(wire));
    EXPECT_FALSE(parent_message_from_wire(wire));
  }
}

TEST(WorkerMessages, AnyByteMayBeWrongWithoutHarm) {
  for (const Bytes& wire : every_message()) {
    for (std::size_t i = 0; i < wire.size(); ++i) {
      for (const int flip : {1, 0x80, 0xFF}) {
        Bytes wrong = wire;
        wrong[i] = static_cast<std::uint8_t>(wrong[i] ^ flip);
        [[maybe_unused]] const auto a = worker_message_from_wire(wrong);
        [[maybe_unused]] const auto b = parent_message_from_wire(wrong);
      }
    }
  }
}

TEST(WorkerMessages, AResultThatDoesNotAddUpIsDamaged) {
  TaskResult lost = task_result();
  lost.done = 0;
  EXPECT_FALSE(worker_message_from_wire(to_wire(ResultMessage{1, lost})));
  TaskResult ends_before_it_begins = task_result();
  ends_before_it_begins.record->ended = Nanoseconds(50);
  EXPECT_FALSE(worker_message_from_wire(to_wire(ResultMessage{1, ends_before_it_begins})));
  TaskResult without_reason = task_result();
  without_reason.errors.clear();
  EXPECT_FALSE(worker_message_from_wire(to_wire(ResultMessage{1, without_reason})));
  TaskResult empty;
  EXPECT_FALSE(worker_message_from_wire(to_wire(ResultMessage{1, empty})));
}

TEST(WorkerMessages, PixelsOfNoSizeAreDamaged) {
  for (const Size size : {Size{0, 5}, Size{5, 0}, Size{-1, 5}, Size{0x7FFFFFFF, 0x7FFFFFFF}}) {
    EXPECT_FALSE(
        worker_message_from_wire(to_wire(PixelsMessage{1, PixelsHeader{size, PixelFormat::rgb, 0, 0}})));
  }
}

TEST(WorkerMessages, AJobForAWorkerHasNoSources) {
  Job job;
  job.sources.resize(1);
  EXPECT_FALSE(parent_message_from_wire(to_wire(JobMessage{job})));
}

}  // namespace
}  // namespace labday
