// Any bytes as a message between a worker and its parent: what is taken for one is exactly what would have
// been written.
#include "transport/worker_messages.h"

#include "fuzz/fuzz_target.h"

namespace labday::fuzz {

namespace {

template <class Message>
void check(const Result<Message>& message, ByteView input) {
  if (!message) return require_sayable(message.error());
  const Bytes again = std::visit([](const auto& m) { return to_wire(m); }, *message);
  require(std::ranges::equal(again, input), "a message that nobody writes");
}

}  // namespace

void run(ByteView input) {
  check(worker_message_from_wire(input), input);
  check(parent_message_from_wire(input), input);
}

std::vector<Bytes> seeds() {
  Job job;
  job.renditions.resize(3);
  job.renditions[1].width = 800;
  job.renditions[2].scale = {125, 1};
  job.output_folder = "out";
  TaskMessage task{7,
                   {4, 0, 3},
                   {"photos/a.jpg", 1000, 0, 6},
                   true,
                   true,
                   65536,
                   PixelsHeader{{3, 2}, PixelFormat::rgba, 40, 1}};
  ResultMessage result;
  result.serial = 7;
  result.result.task = {4, 0, 3};
  result.result.done = 2;
  result.result.failed = 1;
  result.result.errors.push_back({Stage::write, ErrorCode::no_space, "out/a.png", "the disk is full"});
  return {to_wire(HelloMessage{}),
          to_wire(PixelsMessage{7, task.pixels}),
          to_wire(PixelsMessage{7, {}}),
          to_wire(result),
          to_wire(JobMessage{job}),
          to_wire(task),
          to_wire(RequestMessage{7, RequestMessage::Kind::create, 99, "a/b.png", {1, 2}}),
          to_wire(ReplyMessage{3, true, {}}),
          to_wire(ReplyMessage{0, false, Error{Stage::read, ErrorCode::not_found, "a", "is not there"}}),
          to_wire(ReleaseMessage{})};
}

}  // namespace labday::fuzz
